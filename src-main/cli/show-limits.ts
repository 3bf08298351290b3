import { formatPercent, formatQuantity } from '#domain/format';
import { amountsOf, describeLimit, describeMember } from '#domain/limit-words';
import { ratioOf, type Money, type Quantity } from '#domain/money';
import { figuresOf, largestPassing, type RiskDecision } from '#domain/risk-decision';
import { plain, table, type Cell, type Column } from './format';

const COLUMNS: readonly Column[] = [
  { title: 'Limit', align: 'left' },
  { title: 'Before', align: 'right' },
  { title: 'After', align: 'right' },
  { title: 'Most', align: 'right' },
  { title: 'From', align: 'left' },
  { title: 'Used', align: 'right' },
];

/** Every limit that a decision is about, before and after, and the largest quantity that passes; nothing without any. */
export function limitTable(decision: RiskDecision, colour: boolean): string {
  const figures = figuresOf(decision);
  if (figures.length === 0) return '';
  const rows = figures.map((figure): readonly Cell[] => {
    const { before, after, limit } = amountsOf(figure);
    const used = ratioOf<Quantity | Money>(figure.after, figure.limit);
    const cells = [describeLimit(figure), before, after, limit, figure.source];
    return [...cells.map(plain), plain(used === undefined ? '–' : formatPercent(used))];
  });
  const largest = largestPassing(decision);
  return [
    `\n${table(COLUMNS, rows, colour)}`,
    largest === null ? '' : `Largest quantity that passes every limit: ${formatQuantity(largest)}\n`,
    ...clusterLines(decision),
  ].join('');
}

/** The names that count as correlated with the order's symbol, and those whose clusters it is in. */
function clusterLines({ context: { baseCurrency, exposure, subject } }: RiskDecision): readonly string[] {
  const clusters = exposure?.clusters ?? [];
  return clusters.map(({ correlation, direction, members, others, symbol }) => {
    const names = members.map((member) => describeMember(member, baseCurrency));
    const counted = [...names, ...(others === 0 ? [] : [`${others} more`])].join(', ');
    const name = symbol === subject.symbol ? symbol : `${symbol} (${correlation ?? 'same sector'})`;
    return `Correlated with ${name}, ${direction}: ${counted === '' ? 'nothing that is held' : counted}\n`;
  });
}
