// Where scripts run, the drawn charts become ones that tell the value under the pointer. Their numbers are read from
// the table beside each; without scripts the drawing and the table are all there is to see.
"use strict";

(() => {
  const HEIGHT = 230;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const LINES = { card: "--accent", silent: "--reach", refused: "--bad" };
  const ORDER = ["--accent", "--good", "--fair", "--quiet"];
  const DASHES = [[], [6, 3], [2, 3], [5, 4]];

  function readTable(table) {
    const rows = [...table.tBodies[0].rows].map((row) => ({
      day: row.cells[0].textContent.trim(),
      values: [...row.querySelectorAll("[data-value]")].map((cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value))),
    }));
    rows.sort((one, other) => (one.day < other.day ? -1 : 1));
    const names = [...table.tHead.rows[0].cells].slice(-rows[0].values.length).map((cell) => cell.textContent.trim());
    return { times: rows.map((row) => Date.parse(row.day) / 1000), names, columns: names.map((_, at) => rows.map((row) => row.values[at])) };
  }

  const written = (unit) => (_, value) => (value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: 2 }) + unit);

  function stackedSeries(data) {
    const sums = data.columns.map((_, at) => data.times.map((_, place) => data.columns.slice(0, at + 1).reduce((sum, column) => sum + (column[place] || 0), 0)));
    const series = data.names.map((name, at) => ({
      label: name,
      fill: colour(LINES[name] || ORDER[at]),
      width: 0,
      points: { show: false },
      paths: uPlot.paths.bars({ size: [0.78, 60] }),
      value: (plot, _, __, place) => (place === null ? "–" : data.columns[at][place].toLocaleString("en")),
    }));
    // The highest bar is painted first, so that the lower ones stand before it.
    return { series: series.reverse(), columns: sums.reverse() };
  }

  function lineSeries(data) {
    const series = data.names.map((name, at) => ({
      label: name, stroke: colour(ORDER[at]), width: 2, dash: DASHES[at], points: { show: false }, spanGaps: true, value: written(" ms"),
    }));
    return { series, columns: data.columns };
  }

  function controlSeries(data) {
    const labels = ["share", "weeks before", "from", "to"];
    const strokes = ["--accent", "--quiet", "--reach", "--reach"];
    const series = labels.map((label, at) => ({
      label, stroke: colour(strokes[at]), width: at ? 1 : 2, dash: at === 1 ? [5, 4] : [], points: { show: at === 0, size: 6 }, value: written(" %"),
    }));
    return { series, columns: data.columns.slice(-4), bands: [{ series: [4, 3], fill: colour("--reach") + "44" }] };
  }

  // A dashed line where something changed, with its kind above; at the start where it changed just before.
  function drawEvents(plot, told, first) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--quiet");
    ctx.setLineDash([4, 4]);
    ctx.textAlign = "center";
    for (const event of told.split(",").filter(Boolean)) {
      const at = plot.valToPos(Math.max(Date.parse(event.slice(0, 10)) / 1000, first), "x", true);
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillText(event.slice(11), at, bbox.top - 3);
    }
    ctx.restore();
  }

  const KINDS = { bars: stackedSeries, lines: lineSeries, control: controlSeries };

  function bringToLife(figure) {
    const table = figure.querySelector("table");
    if (!table || !table.tBodies[0].rows.length || figure.classList.contains("live")) return;
    const data = readTable(table);
    if (figure.dataset.chart === "control") data.names = data.names.slice(0, 4);
    const drawn = KINDS[figure.dataset.chart](data);
    const place = document.createElement("div");
    place.className = "live-chart";
    place.setAttribute("aria-hidden", "true");
    figure.querySelector(".drawing").before(place);
    const step = data.times.length > 1 ? data.times[1] - data.times[0] : 86400;
    const days = (_, times) => times.map((time) => new Date(time * 1000).toISOString().slice(5, 10));
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const options = {
      width: place.clientWidth, height: HEIGHT, bands: drawn.bands || [], tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "UTC"),
      scales: { x: { range: (_, least, most) => [least - step / 2, most + step / 2] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] } },
      axes: [{ ...axis, values: days, space: 70 }, { ...axis, size: 60 }],
      hooks: { draw: [(plot) => drawEvents(plot, figure.dataset.events || "", data.times[0])] },
      series: [{ value: "{YYYY}-{MM}-{DD}" }, ...drawn.series],
    };
    const plot = new uPlot(options, [data.times, ...drawn.columns], place);
    figure.classList.add("live");
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  }

  function start(root) {
    for (const figure of root.querySelectorAll("figure[data-chart]")) bringToLife(figure);
  }

  document.addEventListener("htmx:afterSettle", () => start(document));
  start(document);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const figure of document.querySelectorAll("figure.live")) {
      figure.querySelector(".live-chart").remove();
      figure.classList.remove("live");
    }
    start(document);
  });
})();
