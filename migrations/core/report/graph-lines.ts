/** A node of a picture: its id and the ids below it that an edge goes to. */
export interface GraphNode {
  readonly id: string
  readonly parents: readonly string[]
}

/** One row of a picture. `node` is set on the row that has the node's `*`. */
export interface GraphLine {
  readonly picture: string
  readonly node?: string
  /** The picture for further text lines under a node, before its edges turn. */
  readonly below?: string
}

/**
 * The rows of `git log --graph` for a graph, children above their parents. Edges keep to lanes two characters
 * apart: `|` goes straight down, `\` one lane to the right, `/` one lane to the left. Where a `|` and a `/` start at
 * one place, the edge that came by `/` goes on by `/`: a crossing. Parents that are not among the nodes are left out.
 */
export function graphLines(nodes: readonly GraphNode[]): readonly GraphLine[] {
  const lines: GraphLine[] = []
  const drawn = new Set<string>()
  const known = new Set(nodes.map((node) => node.id))
  // A lane is an edge on its way down, named by the node that it goes to.
  let lanes: readonly string[] = []
  for (const node of childrenFirst(nodes)) {
    drawn.add(node.id)
    const parents = [...new Set(node.parents)].filter((id) => known.has(id) && !drawn.has(id))
    const at = lanes.includes(node.id) ? lanes.indexOf(node.id) : lanes.length
    const row = lanes.includes(node.id) ? lanes : [...lanes, node.id]
    // A new strand right under the end of another would look like its parent.
    if (row !== lanes && lines.at(-1)?.below?.at(2 * at) === ' ')
      lines.push({ picture: straight(at, -1, '|') })
    lines.push({
      picture: straight(row.length, at, '*'),
      node: node.id,
      below: straight(row.length, at, parents.length === 0 ? ' ' : '|'),
    })
    const turned = turnInto(row, at, parents)
    const joined = joinLanes(turned.lanes)
    lines.push(...[...turned.pictures, ...joined.pictures].map((picture) => ({ picture })))
    lanes = joined.lanes
  }
  return lines
}

/**
 * Each node after all of its children; where several could be next, a parent of the last one, so that one strand is
 * told to its end, and else the order that was given.
 */
function childrenFirst(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const waiting = new Map<string, number>()
  for (const node of nodes)
    for (const parent of new Set(node.parents)) waiting.set(parent, (waiting.get(parent) ?? 0) + 1)
  const ready = nodes.filter((node) => !waiting.has(node.id)).reverse()
  const ordered = new Set<GraphNode>()
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    ordered.add(node)
    for (const id of new Set(node.parents)) {
      const left = (waiting.get(id) ?? 0) - 1
      waiting.set(id, left)
      const parent = byId.get(id)
      if (left === 0 && parent !== undefined) ready.push(parent)
    }
  }
  // A cycle is an error long before this; should one come, its nodes are still shown.
  for (const node of nodes) ordered.add(node)
  return [...ordered]
}

interface Turn {
  readonly lanes: readonly string[]
  readonly pictures: readonly string[]
}

/** The node's lane becomes its parents' lanes; without parents it ends, and the lanes to its right close up. */
function turnInto(lanes: readonly string[], at: number, parents: readonly string[]): Turn {
  const left = lanes.slice(0, at)
  const right = lanes.slice(at + 1)
  const [first, ...others] = parents
  if (first === undefined) {
    const pictures = right.length === 0 ? [] : [`${'| '.repeat(at)} /${' /'.repeat(right.length - 1)}`]
    return { lanes: [...left, ...right], pictures }
  }
  const pictures = others.map((_, grown) =>
    `${'| '.repeat(at)}|${'\\ '.repeat(1 + grown + right.length)}`.trimEnd(),
  )
  return { lanes: [...left, first, ...others, ...right], pictures }
}

/** Lanes that go to one node become one, the leftmost; the others travel to it and the lanes behind them close up. */
function joinLanes(lanes: readonly string[]): Turn {
  let left = [...lanes]
  const pictures: string[] = []
  for (;;) {
    const from = left.findIndex((id, index) => left.indexOf(id) < index)
    if (from === -1) return { lanes: left, pictures }
    const to = left.indexOf(left[from] ?? '')
    const behind = left.length - from - 1
    pictures.push(`${'| '.repeat(from - 1)}|/${' /'.repeat(behind)}`)
    left = left.filter((_, index) => index !== from)
    for (let lane = from - 1; lane > to; lane -= 1) {
      const passed = left.map((_, index) => (index === lane - 1 ? '|/' : '| ')).join('')
      pictures.push(passed.trimEnd())
    }
  }
}

function straight(width: number, at: number, mark: string): string {
  const lanes = Array.from({ length: width }, (_, index) => (index === at ? mark : '|'))
  return lanes.join(' ')
}
