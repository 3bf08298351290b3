import { expect, test } from 'vitest';
import { correlationDataSchema } from '#domain/correlation';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { aMatrix } from '#test/builders/correlations';

const matrix = aMatrix(['AAPL', 'MSFT', 'TSLA', 'XOM'], {
  'AAPL MSFT': 0.8,
  'AAPL TSLA': 0.7,
  'MSFT TSLA': -0.75,
  'AAPL XOM': 0.2,
});

test('a pair is the same either way, a symbol is correlated to itself by 1', () => {
  expect(matrix.get('AAPL', 'MSFT')).toBe(0.8);
  expect(matrix.get('MSFT', 'AAPL')).toBe(0.8);
  expect(matrix.get('TSLA', 'MSFT')).toBe(-0.75);
  expect(matrix.get('AAPL', 'AAPL')).toBe(1);
});

test('what is unknown or not in it is null', () => {
  expect(matrix.get('MSFT', 'XOM')).toBeNull();
  expect(matrix.get('AAPL', 'IBM')).toBeNull();
  expect(matrix.get('IBM', 'IBM')).toBeNull();
  expect(matrix.has('XOM')).toBe(true);
  expect(matrix.has('IBM')).toBe(false);
});

test('a cluster holds what is correlated by the threshold or more, either way, strongest first', () => {
  expect(matrix.correlated('AAPL', 0.7)).toEqual([
    { symbol: 'MSFT', correlation: 0.8 },
    { symbol: 'TSLA', correlation: 0.7 },
  ]);
  expect(matrix.correlated('MSFT', 0.7)).toEqual([
    { symbol: 'AAPL', correlation: 0.8 },
    { symbol: 'TSLA', correlation: -0.75 },
  ]);
  expect(matrix.correlated('AAPL', 0.75)).toHaveLength(1);
  expect(matrix.correlated('XOM', 0.7)).toEqual([]);
  expect(matrix.correlated('IBM', 0.7)).toEqual([]);
});

test('as data it is a document that makes the same matrix', () => {
  const data = correlationDataSchema.parse(JSON.parse(JSON.stringify(matrix.toData())));
  expect(data.values).toEqual([0.8, 0.7, 0.2, -0.75, null, null]);
  expect(CorrelationMatrix.of(data).toData()).toEqual(matrix.toData());
});

test('a matrix without a value for each pair is a bug', () => {
  expect(() => new CorrelationMatrix(matrix.summary, ['AAPL', 'MSFT'], new Float64Array(2))).toThrow(
    '1 correlations of 2 symbols',
  );
});
