/**
 * The line kernel: the hot loop of the line encoder as WebAssembly. It copies each line into its event sixteen bytes at a time,
 * looks in them for what JSON escapes, for what is not plain text and for hints, and treats those one by one. It is the same
 * as scriptLines.ts, which says what must become of a line.
 */
import { HINT_LEVEL, HINT_TEXT } from '../lineHints'
import {
  FunctionCode,
  Label,
  add,
  and,
  atLeast,
  block,
  choose,
  equal,
  greater,
  isZero,
  jump,
  jumpIf,
  less,
  load128,
  load8,
  loop,
  moduleBytes,
  or,
  shiftLeft,
  shiftRight,
  store128,
  store16,
  store32,
  store8,
  subtract,
  trailingZeros,
  v,
  value,
  when,
  type Code,
  type Operand,
  type Variable,
} from './assembler'
import { PLACES, SETS, TABLES_PER_SET } from './hintFilter'
import {
  CODE,
  colourFunction,
  copy,
  countUp,
  hintFunction,
  isBetween,
  sequenceFunction,
  specialStartFunction,
} from './kernelParts'
import { AFTER_SPACES, END, PAGES, STOPPED, TABLES, TEMPLATE, TOLD } from './layout'

interface Helpers {
  readonly hint: FunctionCode
  readonly colour: FunctionCode
  readonly sequence: FunctionCode
  readonly specialStart: FunctionCode
}

/**
 * What finds sixteen bytes that need a look: sets `specials` (JSON escapes them, or they are not plain text) and `found` (a
 * hint may end there).
 */
class BlockLook {
  readonly specials: Variable
  readonly found: Variable
  private readonly fixed: Code[] = []
  private readonly spaces: Code[] = []

  constructor(
    private readonly code: FunctionCode,
    private readonly lookUp: (table: Operand, places: Operand) => Code,
  ) {
    this.specials = code.v128()
    this.found = code.v128()
  }

  /** Must be done once before the first block; known when `each` was called. */
  before(): Code {
    return this.fixed
  }

  /** Must be done before a line's first block: it is looked at as though spaces stood before. */
  beforeLine(): Code {
    return this.spaces
  }

  each(text: Variable): Code {
    const splat = (byte: number) => this.keep(v.splat(byte))
    const [low, high, part, joined] = [this.code.v128(), this.code.v128(), this.code.v128(), this.code.v128()]
    const controls = v.lessSigned(v.add(text, splat(1)), splat(0x21))
    const higherBits = v.and(v.shiftRight16(text, 2), splat(0x07))
    return [
      low.set(v.and(text, splat(0x0f))),
      high.set(v.or(higherBits, v.and(v.shiftRight16(text, 3), splat(0x08)))),
      Array.from({ length: SETS }, (_, set) => [
        Array.from({ length: PLACES }, (_one, place) => {
          const table = TABLES + 16 * (set * TABLES_PER_SET + 2 * place)
          const [lowTable, highTable] = [this.keep(load128(table)), this.keep(load128(table + 16))]
          const allowed = v.and(this.lookUp(lowTable, low), this.lookUp(highTable, high))
          if (place === 0) return part.set(allowed)
          // What the places before allow is moved on by one byte.
          const previous = this.code.v128()
          this.spaces.push(previous.set(load128(AFTER_SPACES + 16 * (set * (PLACES - 1) + place - 1))))
          return [joined.set(v.and(v.shiftIn(previous, part), allowed)), previous.set(part), part.set(joined)]
        }),
        this.found.set(set === 0 ? part : v.or(this.found, part)),
      ]),
      // Below a space, DEL, and above: with one added all are less than 0x21 with a sign.
      this.specials.set(
        v.or(
          v.or(controls, v.equal(text, splat(CODE.quote))),
          v.or(v.equal(text, splat(CODE.backslash)), v.equal(text, splat(CODE.at))),
        ),
      ),
    ]
  }

  private keep(content: Code): Variable {
    const vector = this.code.v128()
    this.fixed.push(vector.set(content))
    return vector
  }
}

/**
 * `lines(at, to, out, limit, room, longest, templateLength, lastDigit, endLength)`: encodes the lines of `[at, to)` to `out`
 * and on, until behind `limit` or until `room` lines were begun (then the number in the template has no more digits). Gives
 * back why it stopped (STOPPED), and writes the rest to TOLD.
 */
function linesFunction(index: number, helpers: Helpers, lookUp: BlockLook['lookUp']): FunctionCode {
  const code = new FunctionCode(index, 9)
  const [at, to, out, limit, room] = [code.i32(), code.i32(), code.i32(), code.i32(), code.i32()]
  const [longest, templateLength, lastDigit, endLength] = [code.i32(), code.i32(), code.i32(), code.i32()]
  // The line: where it begins, where its event begins, where what is looked at for hints begins, its hints.
  const [begin, lineOut, start, hint] = [code.i32(), code.i32(), code.i32(), code.i32()]
  // The bytes of a block that need a look, one bit each: special ones, those where a hint may end, both as far as not done.
  const [special, grams, mask] = [code.i32(), code.i32(), code.i32()]
  // One of them: its number in the block, where it stands, where its copy does.
  const [bit, here, place, byte] = [code.i32(), code.i32(), code.i32(), code.i32()]
  // Bytes before `skipTo` belong to a sequence that was checked.
  const [skipTo, length] = [code.i32(), code.i32()]
  const [lines, reason, i] = [code.i32(), code.i32(), code.i32()]
  const text = code.v128()
  const look = new BlockLook(code, lookUp)
  const eachBlock = look.each(text)

  const [finished, needsText, nextLine] = [new Label(), new Label(), new Label()]
  const [lineEnd, nextBlock, nextBit] = [new Label(), new Label(), new Label()]
  const stop = (why: number): Code => [reason.set(why), jump(finished)]
  const addHint = (more: Operand): Code => hint.set(or(hint, more))
  /** What follows is copied anew behind so many bytes that stand for one. */
  const replaced = (by: number): Code => [store128(place, load128(here, 1), by), out.increase(by - 1)]
  const isMark = or(
    and(equal(byte, 0xe2), isBetween(load8(here, 1), 0x9c, 0x9d)),
    and(equal(byte, 0xc3), equal(load8(here, 1), 0x97)),
  )

  const oneSpecial: Code = [
    byte.set(load8(here)),
    place.set(add(out, bit)),
    jumpIf(equal(byte, CODE.newline), lineEnd),
    choose(
      [
        [
          or(equal(byte, CODE.quote), equal(byte, CODE.backslash)),
          // The byte stands behind the backslash again.
          [store8(place, CODE.backslash), store128(place, load128(here), 1), out.increase(1)],
        ],
        [
          atLeast(byte, 0x80),
          [
            length.set(helpers.sequence.call(here)),
            jumpIf(isZero(length), needsText),
            when(isMark, addHint(HINT_LEVEL)),
            skipTo.set(add(here, length)),
            special.set(and(special, shiftLeft(-1, add(bit, length)))),
            mask.set(and(mask, or(special, grams))),
          ],
        ],
        [
          equal(byte, CODE.escape),
          [
            start.set(helpers.colour.call(add(here, 1))),
            jumpIf(isZero(start), needsText),
            // A colour within a word may stand within a secret.
            when(greater(load8(subtract(here, 1)), CODE.comma), jumpIf(greater(load8(start), CODE.comma), needsText)),
            // \u001b
            store32(place, 0x3030755c),
            store16(place, 0x6231, 4),
            replaced(6),
            // Only a gram that begins with a space can end before the fourth byte from here. None begins with two (see the test).
            addHint(helpers.hint.call(add(start, 2), start)),
          ],
        ],
        // \t
        [equal(byte, CODE.tab), [store16(place, 0x745c), replaced(2)]],
        // An address may hold a password before its @.
        [equal(byte, CODE.at), addHint(HINT_TEXT)],
        // The end of a line may be both characters.
        [and(equal(byte, CODE.carriageReturn), equal(load8(here, 1), CODE.newline)), out.increase(-1)],
      ],
      jump(needsText),
    ),
  ]
  const oneByOne: Code = [
    special.set(v.bits(look.specials)),
    // The rest of a sequence that began in the block before.
    when(greater(skipTo, at), special.set(and(special, shiftLeft(-1, subtract(skipTo, at))))),
    grams.set(v.bits(v.notEqual(look.found, v.splat(0)))),
    mask.set(or(special, grams)),
    when(
      mask,
      loop(
        nextBit,
        bit.set(trailingZeros(mask)),
        mask.set(and(mask, subtract(mask, 1))),
        here.set(add(at, bit)),
        when(and(shiftRight(grams, bit), 1), addHint(helpers.hint.call(here, start))),
        when(and(shiftRight(special, bit), 1), oneSpecial),
        jumpIf(mask, nextBit),
      ),
    ),
  ]
  const blocks: Code = loop(
    nextBlock,
    text.set(load128(at)),
    store128(out, text),
    eachBlock,
    when(v.any(v.or(look.specials, look.found)), oneByOne),
    at.increase(16),
    out.increase(16),
    jumpIf(less(subtract(at, begin), longest), nextBlock),
  )
  const oneLine: Code = [
    copy(TEMPLATE, out, templateLength, i),
    out.increase(templateLength),
    countUp(lastDigit, i, byte),
    room.increase(-1),
    hint.set(0),
    start.set(at),
    skipTo.set(at),
    look.beforeLine(),
    block(lineEnd, blocks, jump(needsText)),
    // `here` is the newline, `place` where its copy stands.
    when(atLeast(here, to), stop(STOPPED.done)),
    jumpIf(and(hint, HINT_TEXT), needsText),
    jumpIf(helpers.specialStart.call(begin), needsText),
    when(hint, stop(STOPPED.hasHint)),
    copy(END, place, endLength, i),
    at.set(add(here, 1)),
    out.set(add(place, endLength)),
    lines.increase(1),
    jump(nextLine),
  ]
  code.does(
    look.before(),
    block(
      finished,
      loop(
        nextLine,
        begin.set(at),
        lineOut.set(out),
        when(or(or(atLeast(at, to), greater(out, limit)), isZero(room)), stop(STOPPED.done)),
        block(needsText, oneLine),
        stop(STOPPED.needsText),
      ),
    ),
    store32(TOLD.at, begin),
    store32(TOLD.out, lineOut),
    store32(TOLD.newline, here),
    store32(TOLD.textEnd, place),
    store32(TOLD.hint, hint),
    store32(TOLD.lines, lines),
    store32(TOLD.room, room),
    value(reason),
  )
  return code
}

/** The module's bytes; `relaxed` for processors and engines that have relaxed SIMD. */
export function kernelBytes(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const hint = hintFunction(0)
  const colour = colourFunction(1)
  const sequence = sequenceFunction(2)
  const specialStart = specialStartFunction(3, colour)
  const lines = linesFunction(4, { hint, colour, sequence, specialStart }, relaxed ? v.lookUpRelaxed : v.lookUp)
  return moduleBytes([hint, colour, sequence, specialStart, lines], { lines }, PAGES)
}
