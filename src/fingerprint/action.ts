/** What a sequence does: the letters of the notation, as small integers for the columns. */
export const Action = {
  Read: 0,
  Write: 1,
  Sleep: 2,
  Wait: 3,
  Wake: 4,
  Exit: 5,
  Fork: 6,
  Map: 7,
  Unmap: 8,
} as const;

export type Action = (typeof Action)[keyof typeof Action];

/** The letter of each action, indexed by its number: `R W S D U E F M N`. */
export const ACTION_LETTERS = 'RWSDUEFMN';
