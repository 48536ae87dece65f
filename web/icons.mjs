// Paints src/icon.svg in pixels, for browsers that install the console: the same plate, within the circle that every mask
// leaves. A PNG needs nothing but deflate, and the drawing nothing but distances to lines.
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

const GROUND = [0x0a, 0x04, 0x02];
const PLATE = [0x10, 0x14, 0x18];
const EDGE = [0x6c, 0xb2, 0xff];
const LETTERS = [0xe8, 0xeb, 0xed];
/** Half the width of every line, in the drawing's units. */
const HALF_LINE = 1;
/** The plate's width of 32 units takes this part of the icon: its corners stay within a circle of four fifths. */
const SHARE = 0.72;
/** Looks a pixel and direction: edges are soft. */
const LOOKS = 4;

/** The points of an SVG arc with equal radii (SVG 2, B.2.4), the first left out. */
function arc([x1, y1], radius, large, sweep, [x2, y2]) {
  const [dx, dy] = [(x1 - x2) / 2, (y1 - y2) / 2];
  const half = Math.hypot(dx, dy);
  const r = Math.max(radius, half);
  const side = Math.sqrt(r * r - half * half) / half;
  const sign = large === sweep ? -1 : 1;
  const cx = sign * side * dy + (x1 + x2) / 2;
  const cy = -sign * side * dx + (y1 + y2) / 2;
  const from = Math.atan2(y1 - cy, x1 - cx);
  let turn = Math.atan2(y2 - cy, x2 - cx) - from;
  if (sweep && turn < 0) turn += 2 * Math.PI;
  if (!sweep && turn > 0) turn -= 2 * Math.PI;
  return Array.from({ length: 16 }, (_, n) => {
    const at = from + (turn * (n + 1)) / 16;
    return [cx + r * Math.cos(at), cy + r * Math.sin(at)];
  });
}

// The paths of icon.svg: P and G.
const P = [
  [7, 20],
  [7, 12],
  [10.2, 12],
  ...arc([10.2, 12], 2.6, false, true, [10.2, 17.2]),
  [7, 17.2],
];
const G = [
  [25, 13.4],
  ...arc([25, 13.4], 3, false, false, [19.4, 14.7]),
  [19.4, 17.1],
  ...arc([19.4, 17.1], 3, false, false, [25, 18]),
  [25, 16.4],
  [22.6, 16.4],
];

function distanceToLine([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - at * dx, y - ay - at * dy);
}

function distanceToPath(point, path) {
  return Math.min(...path.slice(1).map((to, n) => distanceToLine(point, path[n], to)));
}

/** Below 0 inside the plate's rounded rectangle, above outside. */
function distanceToPlate([x, y]) {
  const radius = 4;
  const [dx, dy] = [Math.abs(x - 16) - (15 - radius), Math.abs(y - 16) - (9 - radius)];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

function colourAt(point) {
  const plate = distanceToPlate(point);
  if (plate > HALF_LINE) return GROUND;
  if (Math.abs(plate) <= HALF_LINE) return EDGE;
  const isLetter = [P, G].some((path) => distanceToPath(point, path) <= HALF_LINE);
  return isLetter ? LETTERS : PLATE;
}

const CRCS = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function chunk(kind, body) {
  const whole = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  let crc = 0xffffffff;
  for (const byte of whole) crc = CRCS[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, whole, check]);
}

function png(side, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  // Eight bits, red, green and blue, nothing interlaced.
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = deflateSync(pixels, { level: 9 });
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", body),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The icon with so many pixels a side: its name, which is another when it is another, and its bytes. */
export function paintIcon(side) {
  const units = 32 / SHARE / side;
  const pixels = Buffer.alloc(side * (side * 3 + 1));
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const sum = [0, 0, 0];
      for (let look = 0; look < LOOKS * LOOKS; look += 1) {
        const x = (column + ((look % LOOKS) + 0.5) / LOOKS - side / 2) * units + 16;
        const y = (row + (Math.floor(look / LOOKS) + 0.5) / LOOKS - side / 2) * units + 16;
        colourAt([x, y]).forEach((value, n) => {
          sum[n] += value;
        });
      }
      const at = row * (side * 3 + 1) + 1 + column * 3;
      sum.forEach((value, n) => {
        pixels[at + n] = Math.round(value / (LOOKS * LOOKS));
      });
    }
  }
  const bytes = png(side, pixels);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  return { name: `icon-${side}-${hash}.png`, bytes };
}
