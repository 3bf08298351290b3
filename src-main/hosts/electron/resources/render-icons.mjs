// Draws every icon file from icon.svg: `npm run icons`. Its results are committed, so only a changed drawing needs it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import { findChromium } from '#launch/chromium';

const HERE = import.meta.dirname;
/** The sizes that Linux desktops look for, and with them those of .icns and .ico. */
const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];
/** Apple's four-letter type of each size in an .icns file. */
const ICNS_TYPES = new Map([
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
]);
const ICO_SIZES = [16, 32, 48, 64, 128, 256];

const images = await render(readFileSync(path.join(HERE, 'icon.svg'), 'utf8'));
mkdirSync(path.join(HERE, 'icons'), { recursive: true });
for (const [size, png] of images) writeFileSync(path.join(HERE, 'icons', `${size}x${size}.png`), png);
writeFileSync(path.join(HERE, 'icon.icns'), icnsOf(images));
writeFileSync(path.join(HERE, 'icon.ico'), icoOf(images));

/** @param {string} svg */
async function render(svg) {
  const executablePath = findChromium();
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
  /** @type {Map<number, Buffer>} */
  const drawn = new Map();
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
    drawn.set(size, await page.screenshot({ omitBackground: true }));
    await page.close();
  }
  await browser.close();
  return drawn;
}

/** @param {ReadonlyMap<number, Buffer>} pngs */
function icnsOf(pngs) {
  const entries = [...ICNS_TYPES].flatMap(([type, size]) => {
    const png = pngs.get(size) ?? Buffer.alloc(0);
    return [tagged(type, png.length + 8), png];
  });
  const length = entries.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([tagged('icns', length), ...entries]);
}

/**
 * @param {string} type
 * @param {number} length of the whole entry, these eight bytes included
 */
function tagged(type, length) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(length, 4);
  return head;
}

/** @param {ReadonlyMap<number, Buffer>} pngs */
function icoOf(pngs) {
  const head = Buffer.alloc(6);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(ICO_SIZES.length, 4);
  let offset = head.length + 16 * ICO_SIZES.length;
  const entries = ICO_SIZES.map((size) => {
    const entry = Buffer.alloc(16);
    const length = pngs.get(size)?.length ?? 0;
    entry.writeUInt8(size % 256, 0); // 0 stands for 256.
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += length;
    return entry;
  });
  return Buffer.concat([head, ...entries, ...ICO_SIZES.map((size) => pngs.get(size) ?? Buffer.alloc(0))]);
}
