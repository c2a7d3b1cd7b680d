/**
 * A small assembler for WebAssembly: functions that make the bytes of instructions (WebAssembly 2.0 with 128-bit vectors,
 * https://webassembly.github.io/spec/core/binary/). Just what our kernels need: 32-bit numbers, vectors, one memory.
 */

/** Where a jump goes: behind a block, or to the beginning of a loop. */
export class Label {
  readonly kind = 'label'
}

interface Block {
  readonly opcode: number
  readonly label: Label
  readonly body: Code
}

interface Jump {
  readonly opcode: number
  readonly to: Label
}

/** Bytes of instructions; which number a jump has is known only when the blocks around it are. */
export type Code = readonly (number | Code | Block | Jump)[]

type Type = 'i32' | 'v128'
/** A number stands for itself, a variable for its value. */
export type Operand = number | Variable | Code

export class Variable {
  constructor(
    readonly index: number,
    readonly type: Type,
  ) {}

  set(to: Operand): Code {
    return [value(to), 0x21, unsigned(this.index)]
  }

  /** `this += by` */
  increase(by: Operand): Code {
    return this.set(add(this, by))
  }
}

/** LEB128. */
function unsigned(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest]
}

function signed(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest & 0x7f]
}

export function value(of: Operand): Code {
  if (typeof of === 'number') return [0x41, signed(of)]
  return of instanceof Variable ? [0x20, unsigned(of.index)] : of
}

type Binary = (a: Operand, b: Operand) => Code
type Unary = (a: Operand) => Code
const binary =
  (...opcode: number[]): Binary =>
  (a, b) => [value(a), value(b), opcode]
const unary =
  (...opcode: number[]): Unary =>
  (a) => [value(a), opcode]
const vector = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)]

export const isZero = unary(0x45)
export const equal = binary(0x46)
export const notEqual = binary(0x47)
/** Comparisons of numbers without a sign. */
export const less = binary(0x49)
export const greater = binary(0x4b)
export const atLeast = binary(0x4f)
/** The number of zero bits below the lowest that is set. */
export const trailingZeros = unary(0x68)
/** The number of bits that are set. */
export const bitCount = unary(0x69)
export const add = binary(0x6a)
export const subtract = binary(0x6b)
export const multiply = binary(0x6c)
export const and = binary(0x71)
export const or = binary(0x72)
export const shiftLeft = binary(0x74)
export const shiftRight = binary(0x76)
export const rotateLeft = binary(0x77)

const memory = (opcode: readonly number[]) => (address: Operand, offset: number) => [
  value(address),
  opcode,
  0,
  unsigned(offset),
]
const memoryStore = (opcode: readonly number[]) => (address: Operand, stored: Operand, offset: number) => [
  value(address),
  value(stored),
  opcode,
  0,
  unsigned(offset),
]
/** Reading and writing at `address + offset`, wherever that is. */
export const load32 = (address: Operand, offset = 0): Code => memory([0x28])(address, offset)
export const load8 = (address: Operand, offset = 0): Code => memory([0x2d])(address, offset)
export const load128 = (address: Operand, offset = 0): Code => memory(vector(0))(address, offset)
export const store32 = (address: Operand, stored: Operand, offset = 0): Code =>
  memoryStore([0x36])(address, stored, offset)
export const store8 = (address: Operand, stored: Operand, offset = 0): Code =>
  memoryStore([0x3a])(address, stored, offset)
export const store16 = (address: Operand, stored: Operand, offset = 0): Code =>
  memoryStore([0x3b])(address, stored, offset)
export const store128 = (address: Operand, stored: Operand, offset = 0): Code =>
  memoryStore(vector(11))(address, stored, offset)

/** Vectors of sixteen bytes, if nothing else is said. */
export const v = {
  splat: unary(...vector(15)),
  equal: binary(...vector(35)),
  notEqual: binary(...vector(36)),
  lessSigned: binary(...vector(37)),
  and: binary(...vector(78)),
  or: binary(...vector(80)),
  any: unary(...vector(83)),
  /** One bit for each byte: its highest. */
  bits: unary(...vector(100)),
  add: binary(...vector(110)),
  subtract: binary(...vector(113)),
  /** Eight times sixteen bits. */
  shiftRight16: binary(...vector(141)),
  splat16: unary(...vector(16)),
  equal16: binary(...vector(45)),
  /** One bit for each of eight times sixteen: its highest. */
  bits16: unary(...vector(132)),
  /** The sums of neighbouring bytes, as eight times sixteen bits; of those, as four times 32 bits. */
  pairSums: unary(...vector(125)),
  pairSums16: unary(...vector(127)),
  add32: binary(...vector(174)),
  /** One of four times 32 bits. */
  lane32: (of: Operand, lane: number): Code => [value(of), vector(27), lane],
  /** The bytes of the table at these places. */
  lookUp: binary(...vector(14)),
  /** The same where every place is less than 16, in one instruction (relaxed SIMD, not in every WebAssembly). */
  lookUpRelaxed: binary(...vector(0x100)),
  /** The last byte of one vector and the first fifteen of the next. */
  shiftIn: (before: Operand, vectorNow: Operand): Code => [
    value(before),
    value(vectorNow),
    vector(13),
    Array.from({ length: 16 }, (_, lane) => lane + 15),
  ],
}

export function block(label: Label, ...body: Code): Code {
  return [{ opcode: 0x02, label, body }]
}

/** A jump to its label begins it again; its end is left. */
export function loop(label: Label, ...body: Code): Code {
  return [{ opcode: 0x03, label, body }]
}

export function when(condition: Operand, then: Code, otherwise?: Code): Code {
  const body = otherwise === undefined ? then : [then, 0x05, otherwise]
  return [value(condition), { opcode: 0x04, label: new Label(), body }]
}

/** The code of the first case whose condition is true. */
export function choose(cases: readonly (readonly [Operand, Code])[], otherwise: Code): Code {
  return cases.reduceRight<Code>((rest, [condition, then]) => when(condition, then, rest), otherwise)
}

export function jump(to: Label): Code {
  return [{ opcode: 0x0c, to }]
}

export function jumpIf(condition: Operand, to: Label): Code {
  return [value(condition), { opcode: 0x0d, to }]
}

export function giveBack(what: Operand): Code {
  return [value(what), 0x0f]
}

/** One function of numbers to a number; its parameters are its first variables. */
export class FunctionCode {
  private readonly types: Type[] = []
  private readonly parameters: number
  private body: Code = []

  constructor(
    readonly index: number,
    parameters: number,
  ) {
    this.parameters = parameters
  }

  i32(): Variable {
    return this.variable('i32')
  }

  v128(): Variable {
    return this.variable('v128')
  }

  call(...values: Operand[]): Code {
    return [values.map(value), 0x10, unsigned(this.index)]
  }

  /** What it does; it must give a number back at its end. */
  does(...body: Code): void {
    this.body = body
  }

  type(): Code {
    return [0x60, list(Array.from({ length: this.parameters }, () => [0x7f])), list([[0x7f]])]
  }

  bytes(): Code {
    const locals = this.types.slice(this.parameters).map((type) => [1, type === 'i32' ? 0x7f : 0x7b])
    return sized([list(locals), this.body, 0x0b])
  }

  private variable(type: Type): Variable {
    this.types.push(type)
    return new Variable(this.types.length - 1, type)
  }
}

function list(items: readonly Code[]): Code {
  return [unsigned(items.length), ...items]
}

function sized(code: Code): Code {
  const bytes = flatten(code, [])
  return [unsigned(bytes.length), bytes]
}

/** Puts the bytes of the code behind those that are there; `around` are the blocks that it stands in, the innermost first. */
function flatten(code: Code, bytes: number[], around: readonly Label[] = []): number[] {
  for (const item of code) {
    if (typeof item === 'number') bytes.push(item)
    else if ('to' in item) {
      const depth = around.indexOf(item.to)
      if (depth < 0) throw new Error('a jump leads to a block that it does not stand in')
      bytes.push(item.opcode, ...unsigned(depth))
    } else if ('body' in item) {
      bytes.push(item.opcode, 0x40)
      flatten(item.body, bytes, [item.label, ...around])
      bytes.push(0x0b)
    } else flatten(item, bytes, around)
  }
  return bytes
}

const name = (text: string): Code => sized(Array.from(text, (letter) => letter.charCodeAt(0)))

/**
 * The bytes of a module with these functions, in the order of their numbers, that imports its memory as `env.memory`.
 * @param exported by their names
 */
export function moduleBytes(
  functions: readonly FunctionCode[],
  exported: Readonly<Record<string, FunctionCode>>,
  pages: number,
): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly Code[]): Code => [id, sized(list(items))]
  return Uint8Array.from(
    flatten(
      [
        [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(
          1,
          functions.map((one) => one.type()),
        ),
        section(2, [[name('env'), name('memory'), 2, 0, unsigned(pages)]]),
        section(
          3,
          functions.map((_, index) => unsigned(index)),
        ),
        section(
          7,
          Object.entries(exported).map(([as, { index }]) => [name(as), 0, unsigned(index)]),
        ),
        section(
          10,
          functions.map((one) => one.bytes()),
        ),
      ],
      [],
    ),
  )
}
