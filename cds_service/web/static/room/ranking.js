// The ranking as a plot: one line an etiology, from its lowest to its highest possible score.
import { byId, make } from "./dom.js";

const lines = new Map();
let scale = null;
let filed = new Map();
let limits = [];

// The scale only ever grows, so that a bar that moves is a score that moves.
function grown(told) {
  const ends = told.rules.flatMap((rule) => [rule.low, rule.high]);
  const before = scale || { least: -6, most: told.likely + 2 };
  scale = { least: Math.min(before.least, ...ends.map((end) => end - 1)), most: Math.max(before.most, ...ends.map((end) => end + 1)) };
  limits = [told.possible, told.likely];
}

const percent = (points) => (100 * (points - scale.least)) / (scale.most - scale.least);

function lineOf(rule) {
  const parts = {
    name: make("span", { className: "name" }), tier: make("span"), points: make("span", { className: "points" }),
    reach: make("span", { className: "reach" }), score: make("span", { className: "score" }), was: make("span", { className: "was" }),
    limits: [make("span", { className: "limit" }), make("span", { className: "limit" })],
  };
  const plot = make("span", { className: "plot" }, ...parts.limits, parts.reach, parts.was, parts.score);
  plot.setAttribute("role", "img");
  const place = make("div", { className: "rank" }, parts.name, parts.tier, plot, parts.points);
  const made = { place, plot, parts };
  lines.set(rule.id, made);
  return made;
}

function draw(rule) {
  const { place, plot, parts } = lines.get(rule.id) || lineOf(rule);
  parts.name.textContent = rule.name;
  parts.tier.textContent = rule.tier;
  parts.tier.className = `tier ${rule.tier.replaceAll(" ", "-")}`;
  parts.points.textContent = `${rule.score}${rule.low === rule.high ? "" : ` (${rule.low} to ${rule.high})`}`;
  parts.reach.style.left = `${percent(rule.low)}%`;
  parts.reach.style.width = `${Math.max(percent(rule.high) - percent(rule.low), 0.6)}%`;
  parts.score.style.left = `${percent(rule.score)}%`;
  const was = filed.get(rule.id);
  parts.was.hidden = was === undefined || was === rule.score;
  if (was !== undefined) parts.was.style.left = `${percent(was)}%`;
  parts.limits.forEach((limit, at) => { limit.style.left = `${percent(limits[at])}%`; });
  plot.setAttribute("aria-label", `${rule.score} points, between ${rule.low} and ${rule.high}; possible from ${limits[0]}, likely from ${limits[1]}`);
  return place;
}

// Lines that change their places glide there, unless the reader asked for stillness.
function glide(places, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const place of places) {
    const moved = (before.get(place) ?? place.offsetTop) - place.offsetTop;
    if (moved) place.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: 250, easing: "ease-out" });
  }
}

export function showRanking(told, { isFiled }) {
  if (isFiled) filed = new Map(told.rules.map((rule) => [rule.id, rule.score]));
  grown(told);
  const rows = byId("rows");
  const before = new Map([...rows.children].map((one) => [one, one.offsetTop]));
  const places = told.rules.map(draw);
  rows.style.minHeight = `${Math.max(rows.offsetHeight, 0)}px`;
  rows.replaceChildren(...places);
  if (!places.length) rows.append(make("p", { className: "quiet" }, "No rule’s entry criterion is met: the report names no finding that one of them begins with."));
  glide(places, before);
  byId("words").textContent = told.words;
  byId("alarms").hidden = !told.alarms.length;
  byId("alarms").textContent = told.alarms.length ? `Must not be missed: ${told.alarms.join("; ")}.` : "";
}
