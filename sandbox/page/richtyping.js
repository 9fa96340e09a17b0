// Rich text typed as markup (*bold*, _italic_, ~struck~, `code`, "- ", "1. ", "> "), as Slack lets one prefer.

const MARKS = { "*": "bold", _: "italic", "~": "strike", "`": "code" };
const SIGNS = Object.fromEntries(Object.entries(MARKS).map(([sign, style]) => [style, sign]));
const STYLED = /(?<![\p{L}\p{N}])([*_~`])(?=\S)([^\n]+?)(?<=\S)\1(?![\p{L}\p{N}])/u;
const ADDRESS = /https?:\/\/[^\s<>]*[^\s<>.,;:!?)]/;
const EMOJI = /:([a-z0-9_+-]+):/;

const LINES = [
  { sign: /^[-•] /, part: (items) => listOf("bullet", items) },
  { sign: /^\d+[.)] /, part: (items) => listOf("ordered", items) },
  { sign: /^> ?/, part: (lines) => ({ type: "rich_text_quote", elements: inline(lines.join("\n")) }) },
];

function listOf(style, items) {
  const elements = items.map((item) => ({ type: "rich_text_section", elements: inline(item) }));
  return { type: "rich_text_list", style, indent: 0, elements };
}

/** What somebody typed as a rich_text object; null for nothing. */
export function richTextOf(typed) {
  if (typed === "") return null;
  const elements = [];
  const pieces = typed.split("```");
  const isClosed = pieces.length % 2 === 1;
  pieces.forEach((piece, n) => {
    if (n % 2 === 1 && (isClosed || n < pieces.length - 1)) {
      elements.push({ type: "rich_text_preformatted", elements: [{ type: "text", text: piece.replace(/^\n|\n$/g, "") }] });
    } else {
      elements.push(...paragraphs(n % 2 === 1 ? `\`\`\`${piece}` : piece));
    }
  });
  return { type: "rich_text", elements };
}

function paragraphs(text) {
  const parts = [];
  let run = null; // lines of one kind that stand together
  for (const line of text.split("\n")) {
    const kind = LINES.find(({ sign }) => sign.test(line)) ?? null;
    if (!run || run.kind !== kind) parts.push((run = { kind, lines: [] }));
    run.lines.push(kind ? line.replace(kind.sign, "") : line);
  }
  return parts
    .map(({ kind, lines }) => (kind ? kind.part(lines) : { type: "rich_text_section", elements: inline(lines.join("\n")) }))
    .filter(({ elements }) => elements.length > 0);
}

function inline(text, style = {}) {
  const found = [
    [STYLED.exec(text), ([, sign, inner]) => (sign === "`" ? [textOf(inner, { ...style, code: true })] : inline(inner, { ...style, [MARKS[sign]]: true }))],
    [ADDRESS.exec(text), ([url]) => [{ type: "link", url }]],
    [EMOJI.exec(text), ([, name]) => [{ type: "emoji", name }]],
  ].filter(([match]) => match !== null).sort(([one], [other]) => one.index - other.index)[0];
  if (!found) return text === "" ? [] : [textOf(text, style)];
  const [match, make] = found;
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [...(before ? [textOf(before, style)] : []), ...make(match), ...inline(after, style)];
}

function textOf(text, style) {
  return Object.keys(style).length ? { type: "text", text, style } : { type: "text", text };
}

/** The markup that stands for a rich_text object, for the field that edits it. */
export function markupOf(richText) {
  return (richText?.elements ?? []).map(markupOfPart).join("\n");
}

function markupOfPart(part) {
  const words = (elements) => (elements ?? []).map(markupOfPiece).join("");
  switch (part.type) {
    case "rich_text_preformatted":
      return `\`\`\`${words(part.elements)}\`\`\``;
    case "rich_text_quote":
      return words(part.elements).split("\n").map((line) => `> ${line}`).join("\n");
    case "rich_text_list":
      return part.elements.map((item, n) => `${part.style === "ordered" ? `${n + 1}.` : "-"} ${words(item.elements)}`).join("\n");
    default:
      return words(part.elements);
  }
}

function markupOfPiece(piece) {
  const plain = { link: piece.url, emoji: `:${piece.name}:`, user: `@${piece.user_id}`, channel: `#${piece.channel_id}` };
  const words = plain[piece.type] ?? piece.text ?? "";
  return Object.keys(SIGNS).reduce((text, style) => (piece.style?.[style] ? `${SIGNS[style]}${text}${SIGNS[style]}` : text), words);
}
