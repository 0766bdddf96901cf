import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import type { KnownMigration } from '../import/already-imported.ts'
import type { LedgerMigration } from '../import/ledgers.ts'
import { recordedDowngrade, recordedNotes } from '../record/recording.ts'
import type { ProgramRecording } from './record.ts'
import type { ProgramTool } from './tools.ts'

/** A recording as a line of revisions, each on the one before. */
export function programHistory(
  { name: tool }: ProgramTool,
  recording: ProgramRecording,
  files: readonly string[],
  show: (path: string) => string,
): { readonly history: ImportedHistory; readonly migrations: readonly LedgerMigration[] } {
  const { names, upgrades, varying } = recording
  const fileOf = fileFinder(files)
  const items = names.map((name): ChainItem => {
    const piece = upgrades.get(name)
    const file = fileOf(name)
    return {
      ...{ name: plainName(name), message: messageOf(name), createdAt: timeOf(name) },
      source: file === undefined ? `${tool} ${name}` : show(file),
      upgrade: piece === undefined ? [] : piece.copies || piece.hides ? null : piece.parts,
      readsRows: piece?.readsRows ?? false,
      notes: piece === undefined ? [] : recordedNotes(piece, varying.has(name)),
      ...recordedDowngrade(recording, name),
    }
  })
  return {
    history: { tool, revisions: revisionChain(tool, items) },
    migrations: items.map(({ name }) => ({ revision: chainId(tool, name), name })),
  }
}

/** Names of migrations as `expectNotImported` takes them. */
export function knownMigrations(
  { name: tool }: ProgramTool,
  names: readonly string[],
): readonly KnownMigration[] {
  const plain = new Set(names.map((name) => plainName(basename(name))))
  return [...plain].map((name) => ({ name, revision: chainId(tool, name) }))
}

/** A ledger that was written from TypeScript names `x.ts`, and after a build `x.js`. */
function plainName(name: string): string {
  return name.replace(/\.[cm]?[jt]s$|\.sql$/, '')
}

/** `20240131120000_create_users.js`, `20240131T120000-create-users`, `CreateUsers1700000000000`: words. */
function messageOf(name: string): string {
  const words = plainName(name)
    .replace(/^Migration(?=\d)/, '')
    .replace(/^(\d{8})T(?=\d)/, '$1')
    .replace(/^[\d._-]+(?=\D)|[\d_-]+$/g, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
  return words === '' ? name : words.toLowerCase()
}

/** Fourteen digits are a date and time, of which some make up the time; thirteen are milliseconds. */
function timeOf(name: string): string | undefined {
  const digits = /\d{13,}/.exec(plainName(name).replaceAll(/(?<=\d)[-_.T](?=\d)/g, ''))?.[0] ?? ''
  if (digits.length === 13) return `${new Date(Number(digits)).toISOString().slice(0, 19)}Z`
  return timeOfDigits(digits.slice(0, 14)) ?? timeOfDigits(`${digits.slice(0, 8)}000000`)
}

/** The file of a migration: by its name, else by the class that it has. */
function fileFinder(files: readonly string[]): (name: string) => string | undefined {
  const byName = new Map(files.map((file) => [plainName(basename(file)), file]))
  return (name) => {
    const time = /(?<!\d)\d{13,}$/.exec(name)?.[0]
    return (
      byName.get(plainName(basename(name))) ??
      files.find(
        (file) =>
          time !== undefined && basename(file).startsWith(time) && readFileSync(file, 'utf8').includes(name),
      )
    )
  }
}
