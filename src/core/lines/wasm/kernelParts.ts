/** The smaller functions of the line kernel (kernelCode.ts) and the pieces that stand in it more than once. */
import { HASH_SHIFT, hintTable } from '../lineHints'
import {
  FunctionCode,
  Label,
  add,
  and,
  atLeast,
  block,
  equal,
  giveBack,
  isZero,
  jump,
  jumpIf,
  less,
  load128,
  load32,
  load8,
  loop,
  multiply,
  notEqual,
  or,
  rotateLeft,
  shiftLeft,
  shiftRight,
  store128,
  store8,
  subtract,
  value,
  when,
  type Code,
  type Operand,
  type Variable,
} from './assembler'
import { GRAMS, HINTS } from './layout'

const SPACES = 0x20202020
/** Characters by their use. */
export const CODE = {
  newline: 0x0a,
  quote: 0x22,
  backslash: 0x5c,
  at: 0x40,
  tab: 0x09,
  escape: 0x1b,
  comma: 0x2c,
  carriageReturn: 0x0d,
} as const

export const isBetween = (value: Operand, least: number, most: number): Code =>
  less(subtract(value, least), most - least + 1)

/** `hint(end, start)`: the hints of the four bytes that end at `end`, where spaces stand before `start`. */
export function hintFunction(index: number): FunctionCode {
  const code = new FunctionCode(index, 2)
  const [end, start, gram, slot] = [code.i32(), code.i32(), code.i32(), code.i32()]
  const before = code.i32()
  code.does(
    // So many bytes of the gram lie before the start. None where this is negative, which is a very large number here.
    before.set(subtract(start, subtract(end, 3))),
    when(isBetween(before, 4, 0xffff), giveBack(0)),
    gram.set(or(load32(subtract(end, 3)), SPACES)),
    when(isBetween(before, 1, 3), [
      before.set(shiftLeft(before, 3)),
      gram.set(or(and(gram, shiftLeft(-1, before)), shiftRight(SPACES, subtract(32, before)))),
    ]),
    // The table has the first byte highest.
    gram.set(or(and(rotateLeft(gram, 8), 0x00ff00ff), and(rotateLeft(gram, 24), 0xff00ff00 | 0))),
    slot.set(shiftRight(multiply(gram, hintTable.multiplier), HASH_SHIFT)),
    when(notEqual(load32(shiftLeft(slot, 2), GRAMS), gram), giveBack(0)),
    load8(slot, HINTS),
  )
  return code
}

/** `colour(at)`: where the colour code whose escape character stands before `at` ends, or 0 for any other. */
export function colourFunction(index: number): FunctionCode {
  const code = new FunctionCode(index, 1)
  const [at, limit, byte] = [code.i32(), code.i32(), code.i32()]
  const next = new Label()
  code.does(
    when(notEqual(load8(at), 0x5b), giveBack(0)),
    limit.set(add(at, 40)),
    loop(
      next,
      at.increase(1),
      when(atLeast(at, limit), giveBack(0)),
      byte.set(load8(at)),
      when(equal(byte, 0x6d), giveBack(add(at, 1))),
      jumpIf(isBetween(byte, 0x30, 0x3b), next),
    ),
    value(0),
  )
  return code
}

/** `sequence(at)`: the length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode 16, table 3-7). */
export function sequenceFunction(index: number): FunctionCode {
  const code = new FunctionCode(index, 1)
  const [at, first, least, most] = [code.i32(), code.i32(), code.i32(), code.i32()]
  const follows = (offset: number) => equal(and(load8(at, offset), 0xc0), 0x80)
  const second = () => less(subtract(load8(at, 1), least), add(subtract(most, least), 1))
  code.does(
    first.set(load8(at)),
    when(isZero(isBetween(first, 0xc2, 0xf4)), giveBack(0)),
    when(less(first, 0xe0), giveBack(shiftLeft(follows(1), 1))),
    least.set(0x80),
    most.set(0xbf),
    when(equal(first, 0xe0), least.set(0xa0)),
    when(equal(first, 0xed), most.set(0x9f)),
    when(equal(first, 0xf0), least.set(0x90)),
    when(equal(first, 0xf4), most.set(0x8f)),
    when(isZero(and(second(), follows(2))), giveBack(0)),
    when(less(first, 0xf0), giveBack(3)),
    shiftLeft(follows(3), 2),
  )
  return code
}

/** `special(begin)`: whether a line begins with what tells its level or a Python dict (isSpecialStart of lineBytes.ts). */
export function specialStartFunction(index: number, colour: FunctionCode): FunctionCode {
  const code = new FunctionCode(index, 1)
  const [at, end, second] = [code.i32(), code.i32(), code.i32()]
  const first = code.i32()
  const [skip, behind] = [new Label(), new Label()]
  code.does(
    block(
      behind,
      loop(
        skip,
        jumpIf(notEqual(load8(at), CODE.escape), behind),
        end.set(colour.call(add(at, 1))),
        jumpIf(isZero(end), behind),
        at.set(end),
        jump(skip),
      ),
    ),
    first.set(load8(at)),
    second.set(load8(at, 1)),
    or(
      and(equal(first, 0x7b), equal(second, 0x27)),
      and(
        isBetween(first, 0x41, 0x5a),
        or(or(equal(second, 0x2f), equal(second, 0x20)), isBetween(second, 0x30, 0x39)),
      ),
    ),
  )
  return code
}

/** Copies so many bytes and up to 31 more; `i` counts. */
export function copy(from: number, to: Variable, length: Variable, i: Variable): Code {
  const again = new Label()
  return [
    i.set(0),
    loop(
      again,
      store128(add(to, i), load128(i, from)),
      store128(add(to, i), load128(i, from + 16), 16),
      i.increase(32),
      jumpIf(less(i, length), again),
    ),
  ]
}

/** Makes the number in the template, whose last digit stands at `lastDigit`, one more; `i` and `byte` are used. */
export function countUp(lastDigit: Variable, i: Variable, byte: Variable): Code {
  const [carry, counted] = [new Label(), new Label()]
  return block(
    counted,
    i.set(lastDigit),
    loop(
      carry,
      byte.set(load8(i)),
      when(notEqual(byte, 0x39), [store8(i, add(byte, 1)), jump(counted)]),
      store8(i, 0x30),
      i.increase(-1),
      jump(carry),
    ),
  )
}
