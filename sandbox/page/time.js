// Dates and times in words, and wall time in a time zone to an instant and back.

import { spokenLocale } from "./words.js";

const formats = new Map();

function format(locale, options) {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) {
    let made;
    try {
      made = new Intl.DateTimeFormat(locale, options);
    } catch {
      // A person may carry a locale or zone this browser does not know; plain English in UTC still reads.
      made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    }
    formats.set(key, made);
  }
  return formats.get(key);
}

/** The instant of a message timestamp ("1549872000.000100"). */
export function tsToDate(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** "09:05" in the zone; "9.05" where people write it so. */
export function clockTime(date, timeZone) {
  return format(spokenLocale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(date);
}

/** "Monday 11 February 2019" in the zone; the weekday on its own, as in a date Finnish would bend it. */
export function dayWords(date, timeZone) {
  const weekday = format(spokenLocale(), { weekday: "long", timeZone }).format(date);
  return `${weekday} ${format(spokenLocale(), { day: "numeric", month: "long", year: "numeric", timeZone }).format(date)}`;
}

/** "Mon 11 Feb" in the zone, for narrow places. */
export function shortDay(date, timeZone) {
  return format(spokenLocale(), { weekday: "short", day: "numeric", month: "short", timeZone }).format(date).replace(",", "");
}

/** {year, month, day, hour, minute, second} on the wall in the zone. */
export function wallParts(date, timeZone) {
  const options = {
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    hourCycle: "h23", timeZone,
  };
  const parts = {};
  for (const { type, value } of format("en-US", options).formatToParts(date)) {
    if (type !== "literal" && type !== "dayPeriod") parts[type] = Number(value);
  }
  return parts;
}

const two = (number) => String(number).padStart(2, "0");

/** "2019-02-11" in the zone: equal for instants of one day. */
export function dayKey(date, timeZone) {
  const { year, month, day } = wallParts(date, timeZone);
  return `${year}-${two(month)}-${two(day)}`;
}

/** "2019-02-11T09:00" in the zone, as a date-time field holds it. */
export function toField(date, timeZone) {
  const { hour, minute } = wallParts(date, timeZone);
  return `${dayKey(date, timeZone)}T${two(hour)}:${two(minute)}`;
}

/** The instant of "2019-02-11T09:00" on the wall in the zone; a skipped time becomes the one an hour off. */
export function fromField(text, timeZone) {
  const wanted = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) {
    const wall = wallParts(new Date(guess), timeZone);
    guess += wanted - Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  }
  return new Date(guess);
}

/** The next 09:00 of a weekday (Monday to Friday) after `now`; knows no public holidays. */
export function nextWorkingMorning(now, timeZone) {
  const today = wallParts(now, timeZone);
  for (let days = 0; ; days += 1) {
    const noon = new Date(Date.UTC(today.year, today.month - 1, today.day + days, 12));
    const weekday = noon.getUTCDay();
    const morning = fromField(`${noon.toISOString().slice(0, 10)}T09:00`, timeZone);
    if (weekday !== 0 && weekday !== 6 && morning > now) return morning;
  }
}

/** An instant as the control API reads it: ISO 8601 with an offset, whole seconds. */
export function toIso(date) {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

const DAY_MS = 86_400_000;

function nearDay(date, scene) {
  const apart = Date.parse(dayKey(date, scene.tz)) - Date.parse(dayKey(scene.now, scene.tz));
  const days = Math.round(apart / DAY_MS);
  if (Math.abs(days) > 1) return null;
  return new Intl.RelativeTimeFormat(scene.locale, { numeric: "auto" }).format(days, "day");
}

function ago(date, scene) {
  const seconds = (date - scene.now) / 1000;
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, span]) => Math.abs(seconds) >= span) ?? units[3];
  return new Intl.RelativeTimeFormat(scene.locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Slack's date pattern ("{date_long} {time}") filled in for the viewer; an unknown token stays as it is. */
export function slackDate(pattern, date, scene) {
  const say = (options) => format(scene.locale, { ...options, timeZone: scene.tz }).format(date);
  const plain = { day: "numeric", month: "long", year: "numeric" };
  const short = { day: "numeric", month: "short", year: "numeric" };
  const long = { weekday: "long", ...plain };
  const tokens = {
    date_num: () => dayKey(date, scene.tz),
    date: () => say(plain),
    date_slash: () => say({ day: "2-digit", month: "2-digit", year: "numeric" }),
    date_short: () => say(short),
    date_long: () => say(long),
    date_long_full: () => say(long),
    date_pretty: () => nearDay(date, scene) ?? say(plain),
    date_short_pretty: () => nearDay(date, scene) ?? say(short),
    date_long_pretty: () => nearDay(date, scene) ?? say(long),
    day_divider_pretty: () => nearDay(date, scene) ?? say({ weekday: "long", day: "numeric", month: "long" }),
    time: () => say({ hour: "2-digit", minute: "2-digit" }),
    time_secs: () => say({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(date, scene),
  };
  return pattern.replace(/\{([a-z_]+)\}/g, (token, name) => tokens[name]?.() ?? token);
}
