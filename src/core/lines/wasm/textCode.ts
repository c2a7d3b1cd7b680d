/** The functions that look over text in bytes, as WebAssembly: count newlines, list them, find two bytes that stand apart. */
import {
  FunctionCode,
  Label,
  add,
  and,
  atLeast,
  bitCount,
  block,
  equal,
  giveBack,
  isZero,
  jump,
  jumpIf,
  less,
  load128,
  load32,
  loop,
  moduleBytes,
  or,
  shiftLeft,
  shiftRight,
  store32,
  subtract,
  trailingZeros,
  v,
  value,
  when,
  type Code,
  type Operand,
  type Variable,
} from './assembler'

/** Where things lie, in bytes: the vectors and the numbers of `find`, the list of newlines, the text. */
export const FIND = {
  first: 0,
  second: 16,
  firstCase: 32,
  secondCase: 48,
  /** How far four more bytes stand behind the first (it may be negative), which bits of them count and are set, what they are. */
  wordAt: 64,
  wordMask: 68,
  wordCase: 72,
  word: 76,
} as const
export const LIST = 256
/** So many bytes of text can be listed at once. */
export const LIST_TEXT_BYTES = 64 * 1024
export const TEXT = LIST + 4 * LIST_TEXT_BYTES
/** What the functions may read behind the text. */
const MARGIN = 256

/** Vectors that one sum of bytes can take in. */
const SUMS = 255
const LANES = 4
const NEWLINE = 0x0a

/** Counts what `matches` says of sixteen bytes each; `bits` makes a bit of each match. */
function countFunction(
  index: number,
  parameters: number,
  matches: (text: Operand) => Code,
  subtractLanes: (sum: Operand, found: Operand) => Code,
  sumsOf: (sum: Operand) => Code,
  unitBytes: 1 | 2,
): FunctionCode {
  const code = new FunctionCode(index, parameters)
  const [at, to] = [code.i32(), code.i32()]
  if (parameters === 3) code.i32()
  const [end, total, bits] = [code.i32(), code.i32(), code.i32()]
  const sums = Array.from({ length: LANES }, () => code.v128())
  const all = code.v128()
  const [groups, vectors, rest, tail, ready] = [new Label(), new Label(), new Label(), new Label(), new Label()]
  const width = 16 * LANES
  const matchBits = (address: Operand): Code =>
    unitBytes === 1 ? v.bits(matches(load128(address))) : v.bits16(matches(load128(address)))
  code.does(
    block(
      rest,
      loop(
        groups,
        jumpIf(less(to, add(at, width)), rest),
        end.set(add(at, width * SUMS)),
        when(less(to, end), end.set(subtract(to, and(subtract(to, at), width - 1)))),
        sums.map((sum) => sum.set(v.splat(0))),
        loop(
          vectors,
          sums.map((sum, lane) => sum.set(subtractLanes(sum, matches(load128(at, 16 * lane))))),
          at.increase(width),
          jumpIf(less(at, end), vectors),
        ),
        all.set(v.splat(0)),
        sums.map((sum) => all.set(v.add32(all, sumsOf(sum)))),
        [0, 1, 2, 3].map((lane) => total.increase(v.lane32(all, lane))),
        jump(groups),
      ),
    ),
    block(
      ready,
      loop(
        tail,
        jumpIf(atLeast(at, to), ready),
        bits.set(matchBits(at)),
        when(
          less(subtract(to, at), 16),
          bits.set(
            and(bits, subtract(shiftLeft(1, unitBytes === 1 ? subtract(to, at) : shiftRight(subtract(to, at), 1)), 1)),
          ),
        ),
        total.increase(bitCount(bits)),
        at.increase(16),
        jump(tail),
      ),
    ),
    value(total),
  )
  return code
}

const isNewline = (text: Operand): Code => v.equal(text, v.splat(NEWLINE))

/** `count(at, to)`: newlines. */
function countBytes(index: number): FunctionCode {
  return countFunction(index, 2, isNewline, v.subtract, (sum) => v.pairSums16(v.pairSums(sum)), 1)
}

/** `count16(at, to, newline)`: units of sixteen bits that are `newline`, as it lies in memory. */
function countUnits(index: number): FunctionCode {
  // The third parameter is variable 2 of the function.
  const newline: Code = [0x20, 2]
  return countFunction(
    index,
    3,
    (text) => v.equal16(text, v.splat16(newline)),
    // A match is -1 in both bytes of its unit: the lower one counts, the upper one is left out.
    (sum, found) => v.subtract(sum, v.and(found, v.splat16(0xff))),
    (sum) => v.pairSums16(v.pairSums(sum)),
    2,
  )
}

/** `list(at, to)`: puts the address of each newline to LIST, as 32-bit numbers; gives back how many. */
function listFunction(index: number): FunctionCode {
  const code = new FunctionCode(index, 2)
  const [at, to, out, bits] = [code.i32(), code.i32(), code.i32(), code.i32()]
  const [next, ready, nextBit] = [new Label(), new Label(), new Label()]
  code.does(
    out.set(LIST),
    block(
      ready,
      loop(
        next,
        jumpIf(atLeast(at, to), ready),
        bits.set(v.bits(isNewline(load128(at)))),
        when(less(subtract(to, at), 16), bits.set(and(bits, subtract(shiftLeft(1, subtract(to, at)), 1)))),
        when(
          bits,
          loop(
            nextBit,
            store32(out, add(at, trailingZeros(bits))),
            out.increase(4),
            bits.set(and(bits, subtract(bits, 1))),
            jumpIf(bits, nextBit),
          ),
        ),
        at.increase(16),
        jump(next),
      ),
    ),
    shiftRight(subtract(out, LIST), 2),
  )
  return code
}

/**
 * `find(at, to, apart)`: the first address before `to` where the first byte stands, the second `apart` behind it, and four more
 * bytes around; `to` when there is none. Bits of the case vectors are set in the text before it is compared.
 */
function findFunction(index: number): FunctionCode {
  const code = new FunctionCode(index, 3)
  const [at, to, apart, bits] = [code.i32(), code.i32(), code.i32(), code.i32()]
  const keep = (address: number): { set: Code; vector: Variable } => {
    const vector = code.v128()
    return { set: vector.set(load128(address)), vector }
  }
  const [first, second] = [keep(FIND.first), keep(FIND.second)]
  const [firstCase, secondCase] = [keep(FIND.firstCase), keep(FIND.secondCase)]
  const [one, two] = [code.v128(), code.v128()]
  const [wordAt, wordMask, wordCase, word] = [code.i32(), code.i32(), code.i32(), code.i32()]
  const [place, base] = [code.i32(), code.i32()]
  const [next, none, nextBit, nextVector] = [new Label(), new Label(), new Label(), new Label()]
  const look = (offset: number): Code =>
    v.and(
      v.equal(v.or(load128(at, offset), firstCase.vector), first.vector),
      v.equal(v.or(load128(add(at, apart), offset), secondCase.vector), second.vector),
    )
  /** Looks at each place of a vector's bits. */
  const places: Code = loop(
    nextBit,
    when(bits, [
      place.set(add(base, trailingZeros(bits))),
      when(atLeast(place, to), jump(none)),
      when(equal(and(or(load32(add(place, wordAt)), wordCase), wordMask), word), giveBack(place)),
      bits.set(and(bits, subtract(bits, 1))),
      jump(nextBit),
    ]),
  )
  code.does(
    [first, second, firstCase, secondCase].map(({ set }) => set),
    wordAt.set(load32(FIND.wordAt)),
    wordMask.set(load32(FIND.wordMask)),
    wordCase.set(load32(FIND.wordCase)),
    word.set(load32(FIND.word)),
    block(
      none,
      loop(
        next,
        jumpIf(atLeast(at, to), none),
        one.set(look(0)),
        two.set(look(16)),
        block(
          nextVector,
          jumpIf(isZero(v.any(v.or(one, two))), nextVector),
          base.set(at),
          bits.set(v.bits(one)),
          places,
          base.set(add(at, 16)),
          bits.set(v.bits(two)),
          places,
        ),
        at.increase(32),
        jump(next),
      ),
    ),
    value(to),
  )
  return code
}

/** The module's bytes and the pages of memory that it wants, for so many bytes of text. */
export function textCode(textBytes: number): { bytes: Uint8Array<ArrayBuffer>; pages: number } {
  const pages = Math.ceil((TEXT + textBytes + MARGIN) / 65_536)
  const [count, count16, list, find] = [countBytes(0), countUnits(1), listFunction(2), findFunction(3)]
  return { bytes: moduleBytes([count, count16, list, find], { count, count16, list, find }, pages), pages }
}
