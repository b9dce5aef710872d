// The course of a test over the years, opened below its line in the table of results.
import { make } from "./dom.js";
import { chosenSystem, onUnits } from "./units.js";

const HEIGHT = 170;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let open = null;

function close() {
  if (!open) return;
  open.plot.destroy();
  open.line.remove();
  open.button.setAttribute("aria-expanded", "false");
  open = null;
}

function rangeBand(row, factor) {
  const ends = [row.dataset.from, row.dataset.to].map((end) => (end ? Number(end) / factor : null));
  return (plot) => {
    if (ends.every((end) => end === null)) return;
    const { ctx, bbox } = plot;
    const at = (end, other) => (end === null ? other : Math.min(Math.max(plot.valToPos(end, "y", true), bbox.top), bbox.top + bbox.height));
    const [bottom, top] = [at(ends[0], bbox.top + bbox.height), at(ends[1], bbox.top)];
    ctx.save();
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colour("--good");
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.restore();
  };
}

function drawn(row, place) {
  const way = JSON.parse(row.dataset.shown)[chosenSystem()] || { unit: "", decimals: 1, factor: 1 };
  const points = JSON.parse(row.dataset.points);
  const times = points.map(([day]) => Date.parse(day) / 1000);
  const values = points.map(([, value]) => value / way.factor);
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  const told = (_, value) => (value === null ? "–" : `${value.toFixed(way.decimals)} ${way.unit}`);
  const months = (_, all) => all.map((time) => new Date(time * 1000).toISOString().slice(0, 7));
  const options = {
    width: place.clientWidth, height: HEIGHT, tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "UTC"),
    scales: { y: { range: (_, least, most) => padded(least, most) } },
    axes: [{ ...axis, values: months, space: 80 }, { ...axis, size: 52 }],
    hooks: { drawClear: [rangeBand(row, way.factor)] },
    series: [{ value: "{YYYY}-{MM}-{DD}" }, { label: row.dataset.name, stroke: colour("--accent"), width: 2, points: { show: true, size: 6, fill: colour("--panel") }, value: told }],
  };
  return new uPlot(options, [times, values], place);
}

function padded(least, most) {
  const room = (most - least) * 0.15 || Math.abs(most) * 0.1 || 1;
  return [Math.max(least - room, 0), most + room];
}

function show(row, button) {
  const wasThis = open && open.row === row;
  close();
  if (wasThis) return;
  const place = make("div", { className: "live-trend", role: "img", "aria-label": `Course of ${row.dataset.name}, drawn; the numbers are told beside the small drawing` });
  const line = make("tr", { className: "trend-line" }, make("td", { colSpan: 4 }, place));
  row.after(line);
  button.setAttribute("aria-expanded", "true");
  open = { row, button, line, place, plot: drawn(row, place) };
}

function redraw() {
  if (!open) return;
  open.plot.destroy();
  open.place.replaceChildren();
  open.plot = drawn(open.row, open.place);
}

export function showTrends() {
  for (const row of document.querySelectorAll("tr[data-points]")) {
    const cell = row.querySelector(".course");
    if (JSON.parse(row.dataset.points).length < 2 || !cell.firstElementChild) continue;
    const button = make("button", { type: "button", className: "open-trend", "aria-expanded": "false" });
    button.setAttribute("aria-label", `Course of ${row.dataset.name}`);
    button.addEventListener("click", () => show(row, button));
    // It lies over the drawing, which stays by itself when a page is printed without buttons.
    cell.append(button);
  }
  onUnits(redraw);
  addEventListener("resize", () => { if (open) open.plot.setSize({ width: open.place.clientWidth, height: HEIGHT }); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
