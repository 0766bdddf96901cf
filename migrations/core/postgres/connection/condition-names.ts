/**
 * Names of SQLSTATEs that stand in for a message which may hold values of rows (manual, appendix A). A code that is
 * not here has the name of its class.
 */
const names: Readonly<Record<string, string>> = {
  '22001': 'string data right truncation',
  '22003': 'numeric value out of range',
  '22004': 'null value not allowed',
  '22007': 'invalid datetime format',
  '22008': 'datetime field overflow',
  '22012': 'division by zero',
  '22021': 'character not in repertoire',
  '22023': 'invalid parameter value',
  '22025': 'invalid escape sequence',
  '22026': 'string data length mismatch',
  '2202E': 'array subscript error',
  '22032': 'invalid JSON text',
  '22033': 'invalid SQL/JSON subscript',
  '2203A': 'SQL/JSON member not found',
  '22P01': 'floating point exception',
  '22P02': 'invalid text representation',
  '22P03': 'invalid binary representation',
  '22P04': 'bad copy file format',
  '22P05': 'untranslatable character',
  '23502': 'not null violation',
  '23503': 'foreign key violation',
  '23505': 'unique violation',
  '23514': 'check violation',
  '23P01': 'exclusion violation',
  '42601': 'syntax error',
  '42703': 'undefined column',
  '42P01': 'undefined table',
  '44000': 'with check option violation',
  P0001: 'raised exception',
  P0004: 'assert failure',
}

const classes: Readonly<Record<string, string>> = {
  '02': 'no data',
  '0A': 'feature not supported',
  '21': 'cardinality violation',
  '22': 'data exception',
  '23': 'integrity constraint violation',
  '38': 'external routine exception',
  '39': 'external routine invocation exception',
  '40': 'transaction rollback',
  '42': 'syntax error or access rule violation',
  '53': 'insufficient resources',
  '54': 'program limit exceeded',
  '55': 'object not in prerequisite state',
  '57': 'operator intervention',
  '58': 'system error',
  HV: 'error of a foreign data wrapper',
  P0: 'PL/pgSQL error',
  XX: 'internal error of the server',
}

/** The condition that an SQLSTATE stands for, in words. */
export function conditionName(sqlState: string): string {
  return names[sqlState] ?? classes[sqlState.slice(0, 2)] ?? 'error of the database'
}
