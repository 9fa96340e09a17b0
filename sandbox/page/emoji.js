// The common :shortcodes: and what they look like. An unknown one stays as it was written.

const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|joy 😂|rofl 🤣|slightly_smiling_face 🙂|simple_smile 🙂|wink 😉
blush 😊|innocent 😇|heart_eyes 😍|thinking_face 🤔|neutral_face 😐|expressionless 😑|face_with_rolling_eyes 🙄
sweat_smile 😅|relieved 😌|sleeping 😴|confused 😕|slightly_frowning_face 🙁|white_frowning_face ☹️|cry 😢|sob 😭
open_mouth 😮|flushed 😳|sunglasses 😎|nerd_face 🤓|hugging_face 🤗|partying_face 🥳|pleading_face 🥺|robot_face 🤖
wave 👋|raised_hand ✋|hand ✋|ok_hand 👌|v ✌️|crossed_fingers 🤞|point_left 👈|point_right 👉|point_up ☝️
point_up_2 👆|point_down 👇|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|fist ✊|clap 👏|raised_hands 🙌|open_hands 👐
handshake 🤝|pray 🙏|muscle 💪|writing_hand ✍️|eyes 👀|ear 👂|brain 🧠|speech_balloon 💬|thought_balloon 💭
left_speech_bubble 🗨️|busts_in_silhouette 👥|bust_in_silhouette 👤|technologist 🧑‍💻|teacher 🧑‍🏫|office_worker 🧑‍💼
tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|dart 🎯|sparkles ✨|star ⭐|star2 🌟|fire 🔥|zap ⚡
boom 💥|100 💯|rocket 🚀|bulb 💡|seedling 🌱|herb 🌿|four_leaf_clover 🍀|evergreen_tree 🌲|deciduous_tree 🌳
maple_leaf 🍁|fallen_leaf 🍂|snowflake ❄️|sunny ☀️|cloud ☁️|rainbow 🌈|ocean 🌊|earth_africa 🌍|earth_americas 🌎
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔
no_entry_sign 🚫|warning ⚠️|exclamation ❗|heavy_exclamation_mark ❗|question ❓|grey_question ❔|information_source ℹ️
heavy_plus_sign ➕|heavy_minus_sign ➖|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️
arrows_counterclockwise 🔄|repeat 🔁|twisted_rightwards_arrows 🔀|rewind ⏪|fast_forward ⏩|back 🔙|soon 🔜|new 🆕
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵
white_circle ⚪|black_circle ⚫|large_blue_square 🟦|white_small_square ▫️|black_small_square ▪️|small_blue_diamond 🔹
small_orange_diamond 🔸|radio_button 🔘|calendar 📆|date 📅|spiral_calendar_pad 🗓️|clock9 🕘|clock12 🕛|clock3 🕒
alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|watch ⌚|bell 🔔|no_bell 🔕
mega 📣|loudspeaker 📢|email 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|package 📦|mailbox 📫
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|books 📚|book 📖|open_book 📖|bookmark 🔖|label 🏷️
link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓
key 🔑|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|shield 🛡️|scales ⚖️|bar_chart 📊|chart_with_upwards_trend 📈
chart_with_downwards_trend 📉|computer 💻|desktop_computer 🖥️|iphone 📱|telephone_receiver 📞|phone ☎️|headphones 🎧
microphone 🎤|video_camera 📹|movie_camera 🎥|camera 📷|tv 📺|house 🏠|office 🏢|classical_building 🏛️|school 🏫
hospital 🏥|train 🚆|bus 🚌|bike 🚲|airplane ✈️|car 🚗|world_map 🗺️|compass 🧭|coffee ☕|tea 🍵|cake 🍰
birthday 🎂|cookie 🍪|apple 🍎|palm_tree 🌴|beach_with_umbrella 🏖️|mountain ⛰️|camping 🏕️|face_with_thermometer 🤒
baby 👶|dog 🐶|cat 🐱|owl 🦉|bee 🐝|turtle 🐢|unicorn_face 🦄|crystal_ball 🔮|jigsaw 🧩|game_die 🎲|art 🎨
musical_note 🎵|zzz 💤|wastebasket 🗑️|door 🚪|chair 🪑|ticket 🎫|admission_tickets 🎟️|moneybag 💰|euro 💶
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|flag-fi 🇫🇮|fi 🇫🇮
flag-se 🇸🇪|flag-gb 🇬🇧|gb 🇬🇧|flag-eu 🇪🇺|flag-ax 🇦🇽|checkered_flag 🏁|waving_white_flag 🏳️|people_hugging 🫂
`;

const BY_NAME = new Map(
  TABLE.trim().split(/[|\n]/).map((entry) => {
    const space = entry.lastIndexOf(" ");
    return [entry.slice(0, space), entry.slice(space + 1)];
  }),
);

/** The sign of a shortcode (without its colons), or null. */
export function emoji(name) {
  return BY_NAME.get(name) ?? null;
}

/** Plain text with its shortcodes shown as signs. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (code, name) => emoji(name) ?? code);
}
