import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import { validExchangesOf } from '#simulator/tws/encode-contract';
import type { WireContract } from '#simulator/tws/wire-contract';

/** What TWS's clients write for a right; an empty one says nothing, as do 0 and ?. */
const RIGHTS: ReadonlyMap<string, SimulatedInstrument['right']> = new Map([
  ...['C', 'CALL'].map((word) => [word, 'C'] as const),
  ...['P', 'PUT'].map((word) => [word, 'P'] as const),
]);

/** The instrument that `contract` means: no two share type, symbol and currency. Undefined when there is none. */
export function findInstrument(exchange: Exchange, contract: WireContract): SimulatedInstrument | undefined {
  const { conId, symbol, localSymbol } = contract;
  if (conId !== 0) {
    const instrument = exchange.find(conId, '');
    return instrument !== undefined && matches(contract, instrument) ? instrument : undefined;
  }
  if (symbol === '' && localSymbol === '') return undefined;
  // Without a type the simulator takes a stock to be meant, the only kind it has many of.
  const named = contract.secType === '' ? { ...contract, secType: 'STK' } : contract;
  return exchange.instruments.find((instrument) => matches(named, instrument));
}

/** True when nothing that the contract says speaks against `instrument`. */
function matches(contract: WireContract, instrument: SimulatedInstrument): boolean {
  const says = (text: string, is: string): boolean => text === '' || text === is;
  return (
    says(contract.symbol, instrument.symbol) &&
    says(contract.localSymbol, instrument.localSymbol) &&
    says(contract.secType, instrument.secType) &&
    says(contract.currency, instrument.currency) &&
    says(contract.tradingClass, instrument.tradingClass) &&
    says(contract.primaryExchange, instrument.primaryExchange) &&
    (contract.exchange === '' || validExchangesOf(instrument).includes(contract.exchange)) &&
    instrument.lastTradeDate.startsWith(contract.lastTradeDate) &&
    saysNumber(contract.strike, Number(instrument.strike)) &&
    saysNumber(contract.multiplier, instrument.multiplier) &&
    saysRight(contract.right, instrument.right)
  );
}

function saysNumber(text: string, is: number): boolean {
  return Number(text) === 0 || Number(text) === is;
}

function saysRight(text: string, is: SimulatedInstrument['right']): boolean {
  return ['', '0', '?'].includes(text) || RIGHTS.get(text) === is;
}
