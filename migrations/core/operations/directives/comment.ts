import { commentSql } from '../clauses/common.ts'
import { type CommentTarget, commentTargetSql } from '../clauses/object-targets.ts'
import { type Directive, type Restored, required, statements } from '../directive.ts'
import type { ObjectName } from '../names.ts'

export interface CommentOptions {
  /** The comment as it is, for the reverse; null for none. */
  readonly existing?: string | null
}

/** COMMENT ON anything; null takes the comment away. Reverse: the `existing` comment. */
export const comment: Restored<[target: CommentTarget, text: string | null], CommentOptions> = {
  forward: (scope, target, text) => statements(commentSql(commentTargetSql(scope, target), text)),
  reverse: (scope, target, _text, options) =>
    comment.forward(scope, target, required(options?.existing, 'comment', 'existing')),
}

/** COMMENT ON TABLE. Reverse: the `existing` comment, by default none. */
export const createTableComment: Directive<[table: ObjectName, text: string, options?: CommentOptions]> = {
  forward: (scope, table, text) => comment.forward(scope, { table }, text),
  reverse: (scope, table, _text, options = {}) => comment.forward(scope, { table }, options.existing ?? null),
}

/** COMMENT ON TABLE … IS NULL. Reverse: the `existing` comment. */
export const dropTableComment: Restored<[table: ObjectName], CommentOptions> = {
  forward: (scope, table) => comment.forward(scope, { table }, null),
  reverse: (scope, table, options) =>
    comment.forward(scope, { table }, required(options?.existing, 'dropTableComment', 'existing')),
}
