// The difference of two texts, line by line, as inserted and deleted text.
import { make } from "./dom.js";

// Lengths of the longest common run of lines from each pair of places to the end.
function common(before, after) {
  const rows = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      rows[i][j] = before[i] === after[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  return rows;
}

export function steps(before, after) {
  const rows = common(before, after);
  const found = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      found.push(["span", before[i]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= after.length || (i < before.length && rows[i + 1][j] >= rows[i][j + 1])) {
      found.push(["del", before[i]]);
      i += 1;
    } else {
      found.push(["ins", after[j]]);
      j += 1;
    }
  }
  return found;
}

export function differenceOf(before, after) {
  const lines = steps(before.split("\n"), (after || "").split("\n"));
  const shown = ([tag, text]) => [text ? make(tag, {}, text) : "", "\n"];
  return make("p", { className: "difference" }, ...lines.flatMap(shown).slice(0, -1));
}
