// The pictures that tests post: real photographs where the data folder is, generated ones elsewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const data = resolve(process.env.PLATEGLASS_DATA ?? join(here, "../../shared/data"));

export type Picture = { file: string; plate: string; camera: string };

type Row = {
  image: string;
  camera?: string;
  width?: number;
  plates: { text: string | null; conf?: number; box?: [number, number, number, number] }[];
};

function rows(file: string): Row[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** Whether the pictures are real photographs. */
export const real = existsSync(join(data, "us_scenes/annotations.jsonl"));

/** Pictures with one plate whose text is known, the ones that are read most surely first. */
export function pictures(): Picture[] {
  if (!real) return generated();
  const folder = join(data, "us_scenes");
  const wide = (row: Row) => (row.plates[0]?.box?.[2] ?? 0) > 60;
  const sure = (row: Row) => row.plates[0]?.conf ?? 0;
  return rows(join(folder, "annotations.jsonl"))
    .filter(wide)
    .sort((a, b) => sure(b) - sure(a))
    .flatMap((row) => picture(folder, row));
}

/** Generated pictures: ours, so they may stand in the README. */
export function generated(): Picture[] {
  const folder = join(here, "../fixtures/demo");
  return rows(join(folder, "demo.jsonl")).flatMap((row) => picture(folder, row));
}

function picture(folder: string, row: Row): Picture[] {
  const [plate] = row.plates;
  if (row.plates.length !== 1 || !plate?.text) return [];
  return [{ file: join(folder, row.image), plate: plate.text, camera: row.camera ?? "" }];
}
