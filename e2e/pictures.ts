// The pictures that tests post: real photographs where the data folder is, generated ones elsewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const data = resolve(process.env.PLATEGLASS_DATA ?? join(here, "../../shared/data"));

export type Picture = { file: string; plate: string };

type Row = {
  image: string;
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
  const [folder, list] = real
    ? [join(data, "us_scenes"), join(data, "us_scenes/annotations.jsonl")]
    : [join(here, "../fixtures/demo"), join(here, "../fixtures/demo/demo.jsonl")];
  const sure = (row: Row) => row.plates[0]?.conf ?? 0.5;
  return rows(list)
    .filter((row) => row.plates.length === 1 && row.plates[0]?.text)
    .filter((row) => !real || (row.plates[0]?.box?.[2] ?? 0) > 60)
    .sort((a, b) => sure(b) - sure(a))
    .map((row) => ({ file: join(folder, row.image), plate: row.plates[0]?.text ?? "" }));
}
