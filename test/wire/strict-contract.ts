import type { StrictReader } from '#test/wire/strict-reader';

/** What instruments and their details are on the wire. */
export const MOMENT = /^\d{8} \d\d:\d\d:\d\d (US\/Eastern|US\/Central|MET)$/;
const HOURS = /^(\d{8}:(CLOSED|\d{4}-\d{8}:\d{4});)*\d{8}:(CLOSED|\d{4}-\d{8}:\d{4})$/;

/** The eleven fields of an instrument: what derives from something has a date, an option strike and right too. */
export function contract(f: StrictReader, exchangeField: string): void {
  f.integer('conId');
  f.word('symbol');
  const secType = f.oneOf('secType', ['STK', 'OPT', 'FUT', 'CASH']);
  derivative(f, secType, /^\d{8}$/);
  if (secType === 'OPT' || secType === 'FUT') f.integer('multiplier');
  else f.empty('multiplier');
  f.text(exchangeField);
  f.oneOf('currency', ['USD', 'EUR']);
  f.word('localSymbol');
  f.word('tradingClass');
}

function derivative(f: StrictReader, secType: string, date: RegExp): void {
  if (secType === 'OPT' || secType === 'FUT') f.matching('lastTradeDateOrContractMonth', date);
  else f.empty('lastTradeDateOrContractMonth');
  strikeAndRight(f, secType);
}

function strikeAndRight(f: StrictReader, secType: string): void {
  if (secType === 'OPT') f.decimal('strike');
  else f.constant('strike', '0');
  if (secType === 'OPT') f.oneOf('right', ['C', 'P']);
  else f.empty('right');
}

export function contractData(f: StrictReader): void {
  f.integer('reqId');
  f.word('symbol');
  const secType = f.oneOf('secType', ['STK', 'OPT', 'FUT', 'CASH']);
  const expires = secType === 'OPT' || secType === 'FUT';
  // A future's date comes with time and zone, and clients cut it.
  if (secType === 'FUT') f.matching('lastTradeDateOrContractMonth', /^\d{8} \d\d:\d\d US\/Central$/);
  else if (expires) f.matching('lastTradeDateOrContractMonth', /^\d{8}$/);
  else f.empty('lastTradeDateOrContractMonth');
  if (f.version >= 182 && expires) f.matching('lastTradeDate', /^\d{8}$/);
  if (f.version >= 182 && !expires) f.empty('lastTradeDate');
  strikeAndRight(f, secType);
  f.word('exchange');
  f.oneOf('currency', ['USD', 'EUR']);
  f.word('localSymbol');
  f.word('marketName');
  f.word('tradingClass');
  f.integer('conId');
  f.decimal('minTick');
  if (expires) f.integer('multiplier');
  else f.empty('multiplier');
  f.word('orderTypes');
  const exchanges = f.matching('validExchanges', /^[A-Z]+(,[A-Z]+)*$/).split(',').length;
  f.constant('priceMagnifier', '1');
  f.integer('underConId');
  f.word('longName');
  f.text('primaryExchange');
  if (expires) f.matching('contractMonth', /^\d{6}$/);
  else f.empty('contractMonth');
  for (const name of ['industry', 'category', 'subcategory']) {
    if (secType === 'STK') f.word(name);
    else f.empty(name);
  }
  f.oneOf('timeZoneId', ['US/Eastern', 'US/Central', 'MET']);
  f.matching('tradingHours', HOURS);
  f.matching('liquidHours', HOURS);
  f.empty('evRule', 'evMultiplier');
  f.constant('secIds', '0');
  f.integer('aggGroup');
  if (expires) f.word('underSymbol');
  else f.empty('underSymbol');
  f.oneOf('underSecType', expires ? ['STK', 'IND'] : ['']);
  const rules = f.matching('marketRuleIds', /^\d+(,\d+)*$/).split(',').length;
  if (rules !== exchanges) throw new Error(`${rules} market rules for ${exchanges} exchanges`);
  if (expires) f.matching('realExpirationDate', /^\d{8}$/);
  else f.empty('realExpirationDate');
  f.oneOf('stockType', secType === 'STK' ? ['COMMON'] : ['']);
  f.decimal('minSize', 'sizeIncrement', 'suggestedSizeIncrement');
  if (f.version >= 186) f.constant('ineligibilityReasons', '0');
}

export function symbolSamples(f: StrictReader): void {
  f.integer('reqId');
  const count = f.integer('count');
  for (let sample = 0; sample < count; sample += 1) {
    f.integer(`conId${sample}`);
    f.word(`symbol${sample}`);
    f.constant('secType', 'STK');
    f.word('primaryExchange');
    f.oneOf(`currency${sample}`, ['USD', 'EUR']);
    const derivatives = f.integer('derivativeSecTypes');
    for (let place = 0; place < derivatives; place += 1) f.constant(`derivative${sample}`, 'OPT');
    f.word(`description${sample}`);
    f.empty('issuerId');
  }
}
