declare const refused: unique symbol;

/** What the compiler shows where a type does not fit. No value has this type. */
export interface Refused<Message extends string, Detail = unknown> {
  readonly [refused]: readonly [Message, Detail];
}
