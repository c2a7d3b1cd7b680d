/** What the site answers: made-up facts about rivers, lighthouses and trams, with made-up sources under `.example`. */

/** A page that a search finds. */
export interface Source {
  readonly url: string
  readonly domain: string
  readonly title: string
  readonly snippet: string
  readonly attribution: string
  /** Epoch seconds, or null where the page has no date. */
  readonly published: number | null
}

/** A piece of an answer: text, or the numbers of the sources that it cites. */
export type Segment = string | { readonly cite: readonly number[] }

/** A subject that the site can answer about. */
export interface Topic {
  readonly title: string
  /** Words of a prompt that ask for it. */
  readonly words: RegExp
  /** Two batches of queries. */
  readonly queries: readonly [readonly string[], readonly string[]]
  /** The first four are found by the first batch, the others by the second. */
  readonly sources: readonly Source[]
  readonly answer: readonly Segment[]
  readonly thoughts: readonly { readonly summary: string; readonly content: string }[]
}

/** So many sources belong to the first batch of queries. */
export const FIRST_BATCH_SOURCES = 4

function source(domain: string, path: string, title: string, snippet: string, published: number | null): Source {
  return {
    url: `https://${domain}${path}?utm_source=demo-chat`,
    domain,
    title,
    snippet,
    attribution: domain,
    published,
  }
}

const RIVERS: Topic = {
  title: 'The river Sélune-on-Paper',
  words: /river|water|rain|flood|fluss|bridge/i,
  queries: [
    ['longest river of the Paper Hills', 'Sélune-on-Paper river length survey'],
    ['Sélune-on-Paper flood record', 'Paper Hills salmon return'],
  ],
  sources: [
    source(
      'rivers.example',
      '/selune',
      'The Sélune-on-Paper, source to sea',
      'At 212 km it is the longest river of the Paper Hills.',
      1_788_220_800,
    ),
    source(
      'survey.example',
      '/2026/lengths',
      'River lengths, the 2026 survey',
      'Measured again with new maps: 212.4 km.',
      1_785_542_400.5,
    ),
    source(
      'hills-gazette.example',
      '/water/towns',
      'Five towns and one river',
      'Each has a bridge, and each says that its own is the oldest.',
      1_782_864_000,
    ),
    source(
      'rivers.example',
      '/selune/mills',
      'Forty mills, three still turning',
      'The mills ground flour, and later colours for paper.',
      null,
    ),
    source(
      'floods.example',
      '/record',
      'The flood record since 1870',
      'The highest mark was cut in stone in 1911: 6.2 m.',
      1_779_753_600,
    ),
    source(
      'salmon-watch.example',
      '/count',
      'Salmon count: 1,204 in one autumn 😺',
      'The weir at Ostry was opened in 2019.',
      1_787_011_200,
    ),
    source(
      'hills-gazette.example',
      '/weir',
      'What the open weir changed',
      'Anglers were against it; many have changed their minds.',
      1_786_000_000,
    ),
  ],
  answer: [
    'The longest river of the Paper Hills is the **Sélune-on-Paper**: it runs 212 km from the moor to the sea 😊 and passes five towns.',
    { cite: [0, 1] },
    '\n\n### What makes it special\n\n- Forty mills stood on its banks; three still turn.',
    { cite: [3] },
    '\n- Its highest flood, in 1911, reached 6.2 m. The mark is still to be seen at the café by the quay.',
    { cite: [4] },
    '\n- Since the weir at Ostry was opened, the salmon are back: 1,204 were counted in one autumn 😺.',
    { cite: [5, 6] },
    '\n\nIn short: a quiet river that is watched well — and one that has got its fish back.',
  ],
  thoughts: [
    {
      summary: 'Looking for the river',
      content: 'The question is about a river. I compare the survey with the older maps.',
    },
    {
      summary: 'Checking the numbers',
      content: 'Two sources give 212 km. One rounds it, the other says 212.4 km; both agree.',
    },
  ],
}

const LIGHTHOUSES: Topic = {
  title: 'Lighthouses of the Amber Coast',
  words: /light|lamp|sea|coast|ship|leucht|harbou?r/i,
  queries: [
    ['Amber Coast lighthouses oldest', 'Skerry Nine lighthouse history'],
    ['Skerry Nine lens restoration', 'lighthouse keeper last day Amber Coast'],
  ],
  sources: [
    source(
      'lights.example',
      '/amber-coast',
      'Lights of the Amber Coast',
      'Nine towers, the oldest of 1787, all still lit.',
      1_788_220_800,
    ),
    source(
      'harbour-office.example',
      '/notices/lights',
      'Notice to mariners: the lights',
      'Skerry Nine: one white flash in 9 s, seen 21 miles.',
      1_786_752_000.25,
    ),
    source(
      'coast-museum.example',
      '/skerry-nine',
      'Skerry Nine, a tower in the sea',
      'Built of 3,200 blocks, each cut ashore and numbered.',
      1_780_000_000,
    ),
    source(
      'lights.example',
      '/oil',
      'From whale oil to one lamp of 35 W',
      'The lamp got smaller, and the light reached further.',
      null,
    ),
    source(
      'glassworks.example',
      '/lens',
      'How the great lens was mended',
      'Eleven prisms were ground anew, in Brána, by hand.',
      1_784_000_000,
    ),
    source(
      'coast-post.example',
      '/last-keeper',
      'The last keeper goes ashore ⚓',
      'In 1998 the keeper wrote: “Wind NW, light burning.”',
      1_777_000_000,
    ),
    source(
      'coast-museum.example',
      '/visit',
      'Visit the tower',
      'Boats go on still days, from May to September.',
      1_787_500_000,
    ),
  ],
  answer: [
    'The best-known light of the Amber Coast is **Skerry Nine** ⚓: a tower in the open sea, whose flash is seen 21 miles away.',
    { cite: [0, 1] },
    '\n\n### Three things to know\n\n- It was built of 3,200 numbered blocks, each cut ashore.',
    { cite: [2] },
    '\n- Its great lens was mended in Brána — eleven prisms were ground anew, by hand.',
    { cite: [4] },
    '\n- The last keeper went ashore in 1998 ⚓. The log’s last line: “Wind NW, light burning.”',
    { cite: [5] },
    '\n\nOn still days from May to September a boat takes visitors there.',
    { cite: [6] },
  ],
  thoughts: [
    {
      summary: 'Looking at the coast',
      content: 'There are nine towers. The question fits the one in the open sea best.',
    },
    {
      summary: 'Comparing the sources',
      content: 'The notice to mariners gives the range; the museum gives the building.',
    },
  ],
}

const TRAMS: Topic = {
  title: 'The trams of Velmora',
  words: /./,
  queries: [
    ['Velmora tram network lines 2026', 'oldest tram line Velmora'],
    ['Velmora tram night line opening', 'Velmora tram ridership figures'],
  ],
  sources: [
    source(
      'velmora-transit.example',
      '/lines',
      'All lines of the Velmora tram',
      'Eleven lines, 94 km of track, 203 stops.',
      1_788_220_800,
    ),
    source(
      'tram-atlas.example',
      '/velmora',
      'Tram atlas: Velmora',
      'Line 4 has run since 1896, with a break of two winters.',
      1_785_100_000.75,
    ),
    source(
      'city-chronicle.example',
      '/line-4',
      'Line 4 is 130 years old',
      'The first car was drawn by two horses named Ada and Bo.',
      1_787_900_000,
    ),
    source(
      'velmora-transit.example',
      '/depot',
      'The depot at Ústí Gate',
      'Open house on the first Sunday of each month.',
      null,
    ),
    source(
      'night-owls.example',
      '/line-11',
      'Line 11 runs all night now ☾',
      'Every 20 minutes, since the first of March.',
      1_783_000_000,
    ),
    source(
      'statistics.example',
      '/velmora/2026',
      'Velmora in numbers',
      '61 million trips in a year: 9 % more than the year before.',
      1_786_300_000,
    ),
    source(
      'city-chronicle.example',
      '/noise',
      'Quieter curves',
      'New rails on the hill took 6 dB off the noise.',
      1_784_800_000,
    ),
  ],
  answer: [
    'Velmora’s tram has **eleven lines** 😊 with 94 km of track; its oldest, line 4, has run since 1896.',
    { cite: [0, 1] },
    '\n\n### What is new\n\n- Line 11 runs all night ☾, every 20 minutes, since the first of March.',
    { cite: [4] },
    '\n- 61 million trips were made in a year: 9 % more than the year before.',
    { cite: [5] },
    '\n- New rails on the hill made the curves quieter, by 6 dB — people at Ústí Gate sleep better.',
    { cite: [6] },
    '\n\nThe first car of line 4 was drawn by two horses. Their names were Ada and Bo.',
    { cite: [2] },
  ],
  thoughts: [
    {
      summary: 'Reading the question',
      content: 'It can be answered from the transit pages. I look for the number of lines first.',
    },
    {
      summary: 'Weighing the figures',
      content: 'The atlas and the operator agree on line 4; the chronicle adds the horses.',
    },
  ],
}

/** The topic that a prompt asks for; trams where it asks for nothing that the site knows. */
export function topicFor(prompt: string): Topic {
  return [RIVERS, LIGHTHOUSES].find((topic) => topic.words.test(prompt)) ?? TRAMS
}

/** A prompt on one line, without the characters that the site's markers use, cut at 120 characters. */
export function shortPrompt(prompt: string): string {
  const line = prompt
    .replace(/[\u{E200}-\u{E206}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
  const characters = [...new Intl.Segmenter().segment(line)].map((part) => part.segment)
  return characters.length > 120 ? `${characters.slice(0, 119).join('')}…` : line
}
