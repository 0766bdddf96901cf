import type { Piece } from './piece.ts'

/** What a recording cannot know of other databases, for the head of a revision. */
export function recordedNotes(piece: Piece, varies: boolean): readonly string[] {
  return [
    ...(piece.readsRows ? ['It asked for rows: this is what it did with those of a new database.'] : []),
    ...(varies ? ['It has values that its code made when it was recorded, such as times or ids.'] : []),
    ...(piece.caught
      ? ['A statement of it failed when it was recorded, and it went on; that one is left out.']
      : []),
  ]
}
