/* SPDX-License-Identifier: BSD-3-Clause */
/* page.js - draws the page of `cistern size --report` from the JSON in it.
 *
 * Text from a capture reaches the page through textContent only. All charts share one window of time:
 * whichever is zoomed moves the others. A chart is given what its pixels can show of its curve, so that
 * a million points cost no more than a thousand. */
(function () {
  "use strict";

  const page = JSON.parse(document.getElementById("data").textContent);
  const result = page.result;
  const traffic = page.traffic;
  const trace = result.trace; /* where the program itself wrote what it took and gave back */
  const unit = trace ? "event " : "packet ";
  const own = trace ? trace.pools.map(ownPool).filter((pool) => !pool.lwip) : [];
  const SVG = "http://www.w3.org/2000/svg";

  /* --- elements and text ----------------------------------------------------------------------- */

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) {
      made.className = className;
    }
    made.append(...children);
    return made;
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function button(text, action) {
    const made = element("button", "", text);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function number(value) {
    return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  }

  function bytes(value) {
    return number(value) + " B";
  }

  function plural(count, one, more) {
    return number(count) + " " + (count === 1 ? one : more);
  }

  /* Seconds, with as many digits as a window of that span needs. */
  function seconds(value, span) {
    const digits = Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(Math.max(span, 1e-9)))));
    return value.toFixed(digits) + " s";
  }

  /* A moment to tell from others near it. */
  function moment(value) {
    return value.toFixed(view.end < 0.1 ? 6 : 3) + " s";
  }

  function percent(part, whole) {
    const value = whole === 0 ? 0 : (100 * part) / whole;
    return (value > 0 && value < 1 ? "<1" : Math.round(value)) + " %";
  }

  function range(least, most) {
    return least < most ? number(least) + "\u2013" + number(most) : number(most);
  }

  const causeColors = ["#4c8bf5", "#e8833a", "#2fa875", "#c95fc4", "#d6a419", "#d9534f", "#4fb3c8",
                       "#8a78e0", "#8f9aa6", "#a3c440", "#b07a4a", "#e58fb1", "#2b7d8c", "#6b5b95",
                       "#5f8f5a", "#c2b280", "#7f4f4f", "#3f6fb0"];
  const causeColor = new Map();

  function colorOf(cause) {
    if (!causeColor.has(cause)) {
      causeColor.set(cause, causeColors[causeColor.size % causeColors.length]);
    }
    return causeColor.get(cause);
  }

  /* --- packed numbers -------------------------------------------------------------------------- */

  /* See report_pack.h: 7 bits a byte, the lowest first. Above 2^31 a shift would not do. */
  function reader(text) {
    const packed = atob(text);
    let at = 0;
    function unsigned() {
      let value = 0;
      let factor = 1;
      let byte = packed.charCodeAt(at++);
      while (byte >= 128) {
        value += (byte - 128) * factor;
        factor *= 128;
        byte = packed.charCodeAt(at++);
      }
      return value + byte * factor;
    }
    function signed() {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return { unsigned, signed };
  }

  /* A curve: columns of equal length. It starts with nothing held. */
  function readCurve(packed) {
    const count = packed.points + 1;
    const curve = {
      name: packed.name, atPeak: packed.at_peak || [], changes: packed.changes, points: packed.points,
      time: new Float64Array(count), packet: new Float64Array(count),
      least: new Float64Array(count), most: new Float64Array(count)
    };
    const from = reader(packed.data);
    let time = 0;
    for (let i = 1; i < count; ++i) {
      time += from.unsigned();
      curve.time[i] = time / 1e9;
      curve.packet[i] = curve.packet[i - 1] + from.signed();
      curve.least[i] = curve.least[i - 1] + from.signed();
      curve.most[i] = curve.most[i - 1] + from.signed();
    }
    return curve;
  }

  /* A pool or heap that a traced program has beside lwIP's, like those of the result. */
  function ownPool(pool, index) {
    const unknown = pool.now === 0; /* then what it has cannot be more or less than it needs */
    return Object.assign({}, pool, {
      index, unknown, anchor: "demand-own-" + index, name: pool.name + (pool.heap ? " (heap)" : ""),
      least: pool.held, most: pool.held, bytes_now: (unknown ? pool.needed : pool.now) * pool.block_bytes,
      bytes_needed: pool.needed * pool.block_bytes
    });
  }

  function readBlocks(map) {
    const from = reader(map.data);
    const blocks = [];
    let start = 0;
    for (let i = 0; i < map.blocks; ++i) {
      start += from.signed();
      const block = { from: start / 1e9, until: 0, offset: 0, bytes: 0, cause: "" };
      block.until = (start + from.unsigned()) / 1e9;
      block.offset = from.unsigned();
      block.bytes = from.unsigned();
      block.cause = map.causes[from.unsigned()];
      blocks.push(block);
    }
    return blocks;
  }

  /* The first index whose value is not below; the length if there is none. */
  function lowerBound(values, value) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /* Row of a chart: the time, what is possible, what is certain. */
  function addRow(rows, curve, i) {
    rows.push([curve.time[i], curve.most[i], curve.least[i]]);
  }

  /* Adds the points [first, last) that end in one column of pixels: its highest, its lowest, its last. */
  function addColumn(rows, curve, first, last) {
    let high = first;
    let low = first;
    for (let i = first; i < last; ++i) {
      high = curve.most[i] > curve.most[high] ? i : high;
      low = curve.least[i] < curve.least[low] ? i : low;
    }
    [...new Set([high, low, last - 1])].sort((a, b) => a - b).forEach((i) => addRow(rows, curve, i));
  }

  /* The points from `from` to `to`, as `columns` pixels can show them. */
  function addRange(rows, curve, from, to, columns) {
    const first = Math.max(0, lowerBound(curve.time, from) - 1);
    const last = Math.min(curve.time.length, lowerBound(curve.time, to) + 1);
    if (last - first <= 3 * columns) {
      for (let i = first; i < last; ++i) {
        addRow(rows, curve, i);
      }
      return;
    }
    let start = first;
    for (let column = 1; column <= columns && start < last; ++column) {
      const edge = from + ((to - from) * column) / columns;
      let end = start;
      while (end < last && (curve.time[end] <= edge || column === columns)) {
        ++end;
      }
      if (end > start) {
        addColumn(rows, curve, start, end);
      }
      start = end;
    }
  }

  /* All of a curve: fine in the window, coarse beside it, where only the range selector shows it. */
  function rowsOf(curve, view, columns) {
    const rows = [];
    const coarse = 200;
    if (view.from > 0) {
      addRange(rows, curve, 0, view.from, coarse);
    }
    addRange(rows, curve, view.from, view.to, columns);
    if (view.to < view.end) {
      addRange(rows, curve, view.to, view.end, coarse);
    }
    const last = rows[rows.length - 1];
    if (last[0] < view.end) {
      rows.push([view.end, last[1], last[2]]);
    }
    return rows;
  }

  /* --- theme ----------------------------------------------------------------------------------- */

  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  let chosenTheme = "";

  function color(name) {
    return getComputedStyle(root).getPropertyValue("--" + name).trim();
  }

  function applyTheme(theme) {
    root.dataset.theme = theme;
    charts.forEach((chart) => chart.recolor());
  }

  function currentTheme() {
    return chosenTheme || (prefersDark.matches ? "dark" : "light");
  }

  /* --- charts that share a window of time ------------------------------------------------------ */

  const charts = [];
  const view = { from: 0, to: 1, end: 1 };
  let scheduled = false;
  let updating = false;

  function drawWindow() {
    scheduled = false;
    updating = true;
    charts.forEach((chart) => chart.show());
    updating = false;
  }

  function setWindow(from, to) {
    const least = Math.min(view.end, 1e-6);
    const span = Math.min(view.end, Math.max(least, to - from));
    view.from = Math.min(Math.max(0, from), view.end - span);
    view.to = view.from + span;
    charts.forEach((chart) => { chart.stale = true; });
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(drawWindow);
    }
  }

  /* A finger scrolls the page; two zoom the chart. */
  function interactionModel() {
    const model = Object.assign({}, Dygraph.defaultInteractionModel);
    model.touchstart = function (event, dygraph, context) {
      if (event.touches.length > 1) {
        Dygraph.defaultInteractionModel.touchstart(event, dygraph, context);
      }
    };
    model.dblclick = () => setWindow(0, view.end);
    return model;
  }

  function chartColors() {
    return { gridLineColor: color("grid"), axisLineColor: color("line"),
             rangeSelectorPlotFillColor: color("held"), rangeSelectorPlotStrokeColor: color("held"),
             rangeSelectorForegroundStrokeColor: color("quiet") };
  }

  function timeAxis() {
    return { axisLabelFormatter: (value) => seconds(value, view.to - view.from), pixelsPerLabel: 90,
             axisLabelWidth: 90 };
  }

  const visibility = "IntersectionObserver" in window
    ? new IntersectionObserver((entries) => entries.forEach((entry) => {
        const chart = charts.find((one) => one.place === entry.target);
        chart.visible = entry.isIntersecting;
        updating = true;
        chart.show();
        updating = false;
      }), { rootMargin: "200px" })
    : null;

  /* `rows` gives what to draw, `options` what is special about the chart. */
  function addChart(place, rows, options) {
    const chart = { place, stale: false, visible: visibility === null };
    const common = {
      legend: "never", stepPlot: true, drawPoints: false, strokeWidth: 1.3, fillGraph: true,
      fillAlpha: 0.22, highlightCircleSize: 3, dateWindow: [view.from, view.to],
      interactionModel: interactionModel(), includeZero: true, animatedZooms: false,
      drawCallback: function (dygraph, initial) {
        const [from, to] = dygraph.xAxisRange();
        if (!initial && !updating && (from !== view.from || to !== view.to)) {
          setWindow(from, to);
        }
      }
    };
    const columns = () => Math.max(200, place.clientWidth);
    chart.dygraph = new Dygraph(place, rows(columns()),
                                Object.assign(common, chartColors(), options()));
    chart.show = function () {
      if (chart.stale && (chart.visible || printing)) {
        chart.stale = false;
        chart.dygraph.updateOptions({ file: rows(columns()), dateWindow: [view.from, view.to] });
      }
    };
    chart.recolor = function () {
      updating = true;
      chart.dygraph.updateOptions(Object.assign(chartColors(), options()));
      updating = false;
    };
    charts.push(chart);
    if (visibility) {
      visibility.observe(place);
    }
    return chart;
  }

  let printing = false;

  /* Browsers lose a canvas that was drawn while they prepare to print, but keep a picture of it. */
  function keepPictures(chart) {
    chart.place.querySelectorAll("canvas").forEach((canvas) => {
      const picture = element("img", "printed");
      picture.src = canvas.toDataURL();
      picture.style.cssText = canvas.style.cssText;
      canvas.after(picture);
    });
  }

  function prepareForPrint() {
    printing = true;
    document.body.classList.add("printing"); /* as wide as paper, before charts take their size */
    applyTheme("light");
    updating = true;
    charts.forEach((chart) => { chart.show(); chart.dygraph.resize(); keepPictures(chart); });
    updating = false;
  }

  function endPrint() {
    printing = false;
    document.body.classList.remove("printing");
    document.querySelectorAll("img.printed").forEach((picture) => picture.remove());
    applyTheme(currentTheme());
    charts.forEach((chart) => chart.dygraph.resize());
  }

  /* --- lines for what is there and what is needed ---------------------------------------------- */

  function drawLevel(context, area, dygraph, level) {
    const top = dygraph.yAxisRange()[1];
    const inside = level.value <= top;
    const y = inside ? dygraph.toDomYCoord(level.value) : area.y + 1;
    const text = level.text + (inside ? "" : " \u2191");
    context.save();
    context.strokeStyle = context.fillStyle = level.color;
    context.lineWidth = 1.5;
    context.setLineDash(level.dash);
    if (inside) {
      context.beginPath();
      context.moveTo(area.x, Math.round(y) + 0.5);
      context.lineTo(area.x + area.w, Math.round(y) + 0.5);
      context.stroke();
    }
    context.font = "600 11.5px system-ui, sans-serif";
    const baseline = y + (inside && y - area.y > 16 ? -4 : 13);
    const width = context.measureText(text).width;
    const x = level.side === "left" ? area.x + 6 : area.x + area.w - width - 6;
    context.globalAlpha = 0.8;
    context.fillStyle = color("card");
    context.fillRect(x - 3, baseline - 11, width + 6, 14);
    context.globalAlpha = 1;
    context.fillStyle = level.color;
    context.fillText(text, x, baseline);
    context.restore();
  }

  function drawFiles(context, area, dygraph) {
    (traffic.files_at || []).slice(1).forEach((start) => {
      const x = Math.round(dygraph.toDomXCoord(start)) + 0.5;
      if (x >= area.x && x <= area.x + area.w) {
        context.save();
        context.strokeStyle = color("quiet");
        context.setLineDash([1, 3]);
        context.beginPath();
        context.moveTo(x, area.y);
        context.lineTo(x, area.y + area.h);
        context.stroke();
        context.restore();
      }
    });
  }

  function drawPeak(context, dygraph, peak) {
    const [x, y] = dygraph.toDomCoords(peak.time, peak.amount);
    context.save();
    context.strokeStyle = color("short");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.stroke();
    context.restore();
  }

  function levelsOf(now, needed, format) {
    const levels = [
      { value: needed, text: "needed " + format(needed), color: color("needed"), dash: [6, 3],
        side: "left" }
    ];
    if (now !== null) {
      levels.push({ value: now, text: "now " + format(now), color: color(now < needed ? "short" : "now"),
                    dash: [2, 3], side: "right" });
    }
    return levels;
  }

  /* Above the curves: once, behind the last of a chart. */
  function drawMarks(event, fact) {
    const context = event.drawingContext;
    if (event.seriesIndex + 1 === event.seriesCount) {
      drawFiles(context, event.plotArea, event.dygraph);
      levelsOf(fact.now, fact.needed, fact.format)
        .forEach((level) => drawLevel(context, event.plotArea, event.dygraph, level));
      if (fact.peak) {
        drawPeak(context, event.dygraph, fact.peak);
      }
    }
  }

  /* The scale reaches what is needed; what is there now only if that leaves the curve readable. */
  function topOf(peak, now, needed) {
    const top = Math.max(1, peak, needed);
    return (now !== null && now <= 3 * top ? Math.max(top, now) : top) * 1.16;
  }

  /* --- readout --------------------------------------------------------------------------------- */

  function fileOf(packet) {
    const files = traffic.files;
    let i = 0;
    while (i + 1 < files.length && packet > files[i + 1].packets_before) {
      ++i;
    }
    return files[i];
  }

  function packetText(packet) {
    const file = fileOf(packet);
    const text = unit + number(packet - file.packets_before);
    return traffic.files.length > 1 ? text + " of " + file.name : text;
  }

  /* The point of a curve that a time stands at. */
  function pointAt(curve, time) {
    return Math.max(0, lowerBound(curve.time, time + 1e-12) - 1);
  }

  function readoutOf(curve, time, format) {
    const i = pointAt(curve, time);
    return seconds(time, view.to - view.from) + ", " + packetText(Math.max(1, curve.packet[i])) +
           ": held " + (curve.least[i] < curve.most[i]
             ? format(curve.least[i]) + "\u2013" + format(curve.most[i]) : format(curve.most[i]));
  }

  /* --- demand ---------------------------------------------------------------------------------- */

  function peakOf(curve) {
    let at = 0;
    for (let i = 1; i < curve.most.length; ++i) {
      at = curve.most[i] > curve.most[at] ? i : at;
    }
    return { time: curve.time[at], packet: curve.packet[at], amount: curve.most[at] };
  }

  function zoomTo(time) {
    const half = Math.max(view.end / 60, 1e-4);
    setWindow(time - half, time + half);
  }

  /* Adds the places; what it returns draws in them, once all cards have their width. */
  function addDemandChart(curve, card, fact) {
    const place = element("div", "chart");
    const readout = element("div", "readout", " ");
    card.append(place, readout);
    const rows = (columns) => rowsOf(curve, view, columns);
    const options = () => ({
      labels: ["s", "possible", "certain"], colors: [color("held"), color("held")],
      series: { possible: { fillAlpha: 0.16 }, certain: { fillAlpha: 0.4, strokeWidth: 0.5 } },
      showRangeSelector: Boolean(fact.selector), rangeSelectorHeight: 34,
      axes: { x: timeAxis(),
              y: { axisLabelWidth: 58, pixelsPerLabel: 32, valueRange: [0, topOf(fact.peak.amount, fact.now, fact.needed)],
                   axisLabelFormatter: (value) => (value === Math.round(value) ? number(value) : "") } },
      plotter: [Dygraph.Plotters.fillPlotter, Dygraph.Plotters.linePlotter, (event) => drawMarks(event, fact)],
      highlightCallback: function (event, time) {
        readout.textContent = readoutOf(curve, time, fact.format);
      },
      unhighlightCallback: function () { readout.textContent = " "; }
    });
    return () => addChart(place, rows, options);
  }

  function partsBar(parts, whole) {
    const bar = element("div", "parts");
    parts.forEach((part) => {
      const piece = element("i");
      piece.style.flex = part.amount + " 1 0";
      piece.style.background = colorOf(part.cause);
      piece.title = part.cause + ": " + number(part.amount);
      bar.append(piece);
    });
    const text = parts.map((part) => part.cause + " " + number(part.amount) + " (" +
                                     percent(part.amount, whole) + ")").join(", ");
    return [bar, element("div", "quiet", "At the peak: " + text)];
  }

  function anchorOf(pool) {
    return pool.anchor || "demand-" + pool.name.replace(/\W+/g, "-");
  }

  function addPoolCard(curve, pool, place) {
    const format = pool.heap || pool.name === "heap" ? bytes : number;
    const card = element("div", "card");
    const peak = peakOf(curve);
    const facts = element("span", "fact", "held " + range(pool.least, pool.most) + ", needed " +
                          number(pool.needed) + ", now ");
    facts.append(element("span", pool.short ? "lacks" : "", nowText(pool)));
    card.append(element("div", "top", element("h3", "", pool.name), facts,
                        button("Zoom to peak", () => zoomTo(peak.time))));
    card.id = anchorOf(pool);
    place.append(card);
    const draw = addDemandChart(curve, card, { peak, now: nowText(pool) === number(pool.now) ? pool.now : null,
                                  needed: pool.needed, format });
    card.append(element("div", "why", "Peak of " + format(pool.most) + " at " + packetText(peak.packet) + " (" +
                        moment(peak.time) + "): " + pool.peak_cause + "."));
    if (!trace && curve.atPeak.length > 0) {
      card.append(...partsBar(curve.atPeak, pool.most));
    }
    return draw;
  }

  function totals(pools) {
    return pools.reduce((sum, pool) => ({ now: sum.now + pool.bytes_now,
                                                 needed: sum.needed + pool.bytes_needed }),
                               { now: 0, needed: 0 });
  }

  function addAllCard(curve, place) {
    const sum = totals(result.pools.concat(own));
    const peak = peakOf(curve);
    const card = element("div", "card wide");
    card.append(element("div", "top", element("h3", "", trace ? "All pools and heaps, in bytes"
                                                                             : "All pools and the heap, in bytes"),
                        element("span", "fact", "at most " + bytes(peak.amount) + " at one time; needed " +
                                bytes(sum.needed) +
                                (peak.amount < sum.needed ? ", since not all are at their peaks at once" : "")),
                        button("Show all", () => setWindow(0, view.end))));
    place.append(card);
    return addDemandChart(curve, card, { peak, now: sum.now, needed: sum.needed, format: bytes, selector: true });
  }

  function legend(entries) {
    const list = element("div", "legend");
    entries.forEach(([className, style, text]) => {
      const sign = element("i", className);
      Object.assign(sign.style, style);
      list.append(element("span", "", sign, text));
    });
    return list;
  }

  function showDemand() {
    const section = byId("demand");
    const curves = traffic.curves.map(readCurve);
    const ownCurves = new Map(traffic.own_curves.map((packed) => [packed.pool, readCurve(packed)]));
    const all = curves.concat(...ownCurves.values());
    const shown = all.reduce((sum, curve) => sum + curve.points, 0);
    const changes = all.reduce((sum, curve) => sum + curve.changes, 0);
    section.append(
      legend([["", { background: "var(--held)", opacity: 0.75 }, "certainly held"],
              ["", { background: "var(--held)", opacity: 0.3 }, "possibly held"],
              ["dash", { borderColor: "var(--needed)" }, "needed"],
              ["dash", { borderColor: "var(--now)", borderTopStyle: "dotted" }, "now"],
              ["ring", {}, "what decided the size"]]),
      element("p", "quiet", "Drag to zoom, shift and drag to move, double-click for all; on a touch screen use " +
              "two fingers. " + (shown < changes ? number(shown) + " points of " + number(changes) +
              " changes are kept, each peak among them." : plural(changes, "change", "changes") + ".")));
    const place = element("div", "charts");
    section.append(place);
    const draws = [addAllCard(curves.find((curve) => curve.name === "all"), place)];
    result.pools.forEach((pool) => {
      const curve = curves.find((one) => one.name === pool.name);
      if (curve) {
        draws.push(addPoolCard(curve, pool, place));
      }
    });
    own.filter((pool) => ownCurves.has(pool.index))
      .forEach((pool) => draws.push(addPoolCard(ownCurves.get(pool.index), pool, place)));
    draws.forEach((draw) => draw());
    window.cistern = { view, charts, curves, own, ownCurves, setWindow };
  }

  /* --- heap map -------------------------------------------------------------------------------- */

  function drawBlocks(event, blocks) {
    const context = event.drawingContext;
    const area = event.plotArea;
    const dygraph = event.dygraph;
    const [low, high] = dygraph.yAxisRange();
    const across = area.w / (view.to - view.from);
    const up = area.h / (high - low);
    blocks.forEach((block) => {
      if (block.until >= view.from && block.from <= view.to) {
        const x = area.x + (block.from - view.from) * across;
        const width = Math.max(0.75, (block.until - block.from) * across);
        const height = Math.max(0.75, block.bytes * up);
        context.fillStyle = colorOf(block.cause);
        context.fillRect(x, area.y + area.h - (block.offset - low) * up - height, width, height);
      }
    });
  }

  function blockAt(blocks, time, offset, slack) {
    return blocks.find((block) => block.offset <= offset && offset < block.offset + block.bytes &&
                       block.from - slack <= time && time <= block.until + slack);
  }

  function blockText(block) {
    return bytes(block.bytes) + " at offset " + number(block.offset) + (trace ? "" : ", " + block.cause) + ", from " +
           seconds(block.from, view.to - view.from) + " for " + duration(block.until - block.from);
  }

  function duration(value) {
    return value >= 1 ? value.toFixed(2) + " s" : value >= 1e-3 ? (value * 1e3).toFixed(2) + " ms"
                                                                : (value * 1e6).toFixed(0) + " \u00b5s";
  }

  function showHeap() {
    const section = byId("heap");
    const map = traffic.heap_map;
    if (map.blocks === 0) {
      section.remove();
      return;
    }
    const blocks = readBlocks(map);
    const heap = result.pools.find((pool) => pool.name === "heap");
    const place = element("div", "chart");
    const readout = element("div", "readout", " ");
    const left = map.left_out === 0 ? "" : " " + number(map.left_out) + " blocks that lived less than " +
      duration(map.shortest / 1e9) + " are left out.";
    section.append(
      element("p", "quiet", "Every block of " + map.kind + " in " + bytes(map.bytes) + ", where the replay placed " +
              "it: what is between blocks is lost to fragmentation while a larger one is asked for." + left),
      element("div", "card", place, readout));
    const top = Math.max(map.bytes, heap.now <= 2 * map.bytes ? heap.now : 0) * 1.1;
    const causes = trace ? [] : [...new Set(blocks.map((block) => block.cause))];
    section.insertBefore(legend(causes.map((cause) => ["", { background: colorOf(cause) }, cause])),
                         section.lastChild);
    const chart = addChart(place, () => [[0, 0], [view.end, map.bytes]], () => ({
      labels: ["s", "heap"],
      plotter: [(event) => drawBlocks(event, blocks),
                (event) => drawMarks(event, { now: heap.now, needed: heap.needed, format: bytes })], colors: [color("held")],
      highlightCircleSize: 0,
      axes: { x: timeAxis(), y: { axisLabelWidth: 58, pixelsPerLabel: 36, valueRange: [0, top],
                                  axisLabelFormatter: number } }
    }));
    place.addEventListener("mousemove", (event) => {
      const [x, y] = chart.dygraph.eventToDomCoords(event);
      const [time, offset] = chart.dygraph.toDataCoords(x, y);
      const block = blockAt(blocks, time, offset, ((view.to - view.from) / place.clientWidth) * 2);
      readout.textContent = block ? blockText(block) : " ";
    });
  }

  /* --- sizes and classes ----------------------------------------------------------------------- */

  function shape(tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  /* The index of the class that serves a size. */
  function classOf(classes, size) {
    return classes.findIndex((one) => size <= one.size);
  }

  function sizesPicture(sizes, classes, width) {
    const height = 226;
    const base = height - 20;
    const left = 44;
    const step = (width - left - 6) / sizes.length;
    const most = Math.max(...sizes.map(([, count]) => count));
    const scale = (base - 40) / most;
    const picture = shape("svg", { viewBox: "0 0 " + width + " " + height, width: "100%", role: "img",
                                   "aria-label": "Requests of each size held at once, with the classes" });
    classes.forEach((one, k) => {
      const own = sizes.map(([size], i) => [size, i]).filter(([size]) => classOf(classes, size) === k);
      if (own.length === 0) {
        return;
      }
      const x = left + own[0][1] * step;
      picture.append(shape("rect", { class: k % 2 ? "band odd" : "band", x, y: 0, width: own.length * step,
                                     height: base }),
                     shape("text", { class: "class", x: x + own.length * step / 2, y: 15, "text-anchor": "middle" },
                           own.length * step > 70 ? one.count + " \u00d7 " + one.size + " B" : one.count + "\u00d7"));
    });
    const every = Math.ceil(sizes.length / Math.floor((width - left) / 62));
    sizes.forEach(([size, count], i) => {
      const x = left + i * step;
      const bar = shape("rect", { class: "size", x: x + step * 0.12, y: base - count * scale,
                                  width: Math.max(0.8, Math.min(step * 0.76, 60)), height: count * scale });
      bar.append(shape("title", {}, number(count) + " of " + bytes(size) + " at once"));
      picture.append(bar);
      if (i % every === 0) {
        picture.append(shape("text", { x: x + step * 0.12, y: base + 15 }, number(size)));
      }
    });
    picture.append(shape("line", { class: "axis", x1: left, x2: width, y1: base, y2: base }),
                   shape("text", { x: left - 6, y: base - most * scale + 4, "text-anchor": "end" }, number(most)),
                   shape("text", { x: left - 6, y: base + 2, "text-anchor": "end" }, "0"));
    return picture;
  }

  function alternatives() {
    const all = [["lwIP's heap", result.heap.lwip], ["cistern's heap", result.heap.cistern],
                 ["pools (MEM_USE_POOLS)", result.malloc_pools.bytes]];
    const widest = Math.max(...all.map(([, size]) => size), 1);
    const least = Math.min(...all.map(([, size]) => size).filter((size) => size > 0));
    const rows = all.map(([name, size]) => {
      const meter = element("div", "meter");
      const bar = element("i", "needs");
      bar.style.width = (100 * size) / widest + "%";
      meter.append(bar);
      return [["name", name], ["number", bytes(size)], ["gauge", meter], ["quiet", size === least ? "the least" : ""]];
    });
    return table(["In place of the heap", "memory", "", ""], rows);
  }

  function showSizes() {
    const classes = result.malloc_pools.classes.filter((one) => one.count > 0);
    const section = byId("sizes");
    if (page.sizes.length === 0) {
      section.remove();
      return;
    }
    const picture = element("div", "card");
    const draw = () => picture.replaceChildren(
      sizesPicture(page.sizes, classes, Math.max(280, section.clientWidth - 34)));
    section.append(
      element("p", "quiet", "Pool-based malloc: the " + plural(classes.length, "class", "classes") +
              " with the least memory in all, found exactly; a shaded band is what one class serves. " +
              "A bar is how many requests of a size were held at once."),
      picture, element("p", ""), element("div", "card", alternatives()));
    draw();
    addEventListener("resize", draw);
  }

  /* --- tables ---------------------------------------------------------------------------------- */

  /* Rows of [class, text or element]. */
  function table(heads, rows, rowClasses) {
    const made = element("table", "stacks");
    const head = element("tr");
    heads.forEach((text, i) => {
      const kind = rows.length > 0 ? rows[0][i][0].split(" ")[0] : "";
      head.append(element("th", ["number", "gauge"].includes(kind) ? kind : "", text));
    });
    const body = element("tbody");
    rows.forEach((row, r) => {
      const line = element("tr", rowClasses ? rowClasses[r] : "");
      row.forEach(([className, content], i) => {
        const cell = element("td", className, content);
        cell.dataset.label = heads[i];
        line.append(cell);
      });
      body.append(line);
    });
    made.append(element("thead", "", head), body);
    return made;
  }

  function poolMeter(pool) {
    const meter = element("div", "meter");
    const most = Math.max(...result.pools.map((one) => Math.max(one.bytes_now, one.bytes_needed)), 1);
    [["has", pool.bytes_now], ["needs", pool.bytes_needed]].forEach(([className, size]) => {
      const bar = element("i", className);
      bar.style.width = (100 * size) / most + "%";
      meter.append(bar);
    });
    meter.title = bytes(pool.bytes_now) + " now, " + bytes(pool.bytes_needed) + " needed";
    return meter;
  }

  function hasCurve(pool) {
    return traffic && (pool.anchor ? traffic.own_curves.some((one) => one.pool === pool.index)
                                   : traffic.curves.some((one) => one.name === pool.name));
  }

  function poolName(pool) {
    if (!hasCurve(pool)) {
      return pool.name;
    }
    const link = element("a", "", pool.name);
    link.href = "#" + anchorOf(pool);
    return link;
  }

  function peakText(pool) {
    if (pool.most === 0) {
      return "";
    }
    return unit + number(pool.peak_packet) + " (" + pool.peak_second.toFixed(3) + " s)" +
           (result.packets > 0 && filesCount() > 1 ? " of " + pool.peak_file : "") + ": " + pool.peak_cause;
  }

  function filesCount() {
    return traffic ? traffic.files.length : 2;
  }

  function failsNow(pool) {
    return pool.short && pool.now_fails_at > 0;
  }

  /* What is there now; a mailbox of size 0 has the port's own default. */
  function nowText(pool) {
    return pool.unknown ? "unknown" : pool.now < pool.needed && !pool.short ? "the port\u2019s default" : number(pool.now);
  }

  function proofText(pool) {
    if (failsNow(pool)) {
      return "now fails at " + unit + number(pool.now_fails_at);
    }
    return pool.one_less_fails_at > 0 ? "one step less fails at " + unit + number(pool.one_less_fails_at) : "";
  }

  function poolRow(pool) {
    const proof = element("div", failsNow(pool) ? "lacks" : "", proofText(pool));
    return [["name", poolName(pool)], ["number" + (pool.short ? " lacks" : ""), nowText(pool)],
            ["number", range(pool.least, pool.most)], ["number", number(pool.needed)],
            ["number", number(pool.bytes_now)], ["number", number(pool.bytes_needed)], ["gauge", poolMeter(pool)],
            ["cause", pool.most === 0 ? "" : element("div", "", peakText(pool), proof)]];
  }

  /* Their memory counts too: what is never used can go. */
  function unusedPools(pools) {
    const size = pools.reduce((sum, pool) => sum + pool.bytes_now, 0);
    const rows = pools.map((pool) => [["name", pool.name], ["number", number(pool.now)],
                                      ["number", number(pool.bytes_now)]]);
    const list = element("details", "", element("summary", "", plural(pools.length, "pool", "pools") +
      " that this traffic never used: " + bytes(size) + " now, counted above"),
      table(["pool", "now", "RAM now"], rows, rows.map(() => "unused")));
    return pools.length === 0 ? "" : list;
  }

  /* What a traced program has of its own, beside lwIP's. */
  function showOtherPools(pools) {
    const rows = pools.map((pool) => [
      ["name", poolName(pool)], ["number" + (pool.short ? " lacks" : ""), nowText(pool)],
      ["number", number(pool.held)], ["number", number(pool.needed)],
      ["number", number(pool.bytes_now)], ["number", number(pool.bytes_needed)],
      ["cause", pool.failures > 0
        ? plural(pool.failures, "request", "requests") + " failed, first at event " + number(pool.first_failure)
        : pool.one_less_fails_at > 0 ? "one less fails at event " + number(pool.one_less_fails_at) : ""]]);
    if (rows.length > 0) {
      byId("pools").append(element("p", ""), element("div", "card scroll",
        table(["the program's own", "now", "held", "needed", "RAM now", "RAM needed", ""], rows)));
    }
  }

  function showPools() {
    const sum = totals(result.pools);
    const used = result.pools.filter((pool) => pool.most > 0 || pool.short);
    const unused = result.pools.filter((pool) => pool.most === 0 && !pool.short);
    const heads = ["pool", "now", "held", "needed", "RAM now", "RAM needed", "", "what decided it"];
    const rows = used.map(poolRow);
    const classes = used.map((pool) => (pool.short ? "lacks-row" : ""));
    rows.push([["name", "in all"], ["number", ""], ["number", ""], ["number", ""], ["number", number(sum.now)],
               ["number", number(sum.needed)], ["", ""], ["", ""]]);
    byId("pools").append(
      legend([["", { background: "var(--now)", opacity: 0.4 }, "RAM now"],
              ["", { background: "var(--needed)" }, "RAM needed"],
              ["", { background: "var(--short)" }, "needed, and there is less"]]),
      element("div", "card scroll",
              table(heads, rows, classes.concat("total")), unusedPools(unused)));
    if (trace) {
      showOtherPools(own);
    }
    if (result.broken_conditions.length > 0) {
      byId("pools").append(element("p", "lacks", "lwIP refuses: " + result.broken_conditions.join("; ")));
    }
  }

  function connectionName(one) {
    return one.peer === undefined ? "no TCP connection"
      : "port " + one.port + " with " + one.peer + " port " + one.peer_port;
  }

  function shareCell(one, pool) {
    const most = one.most[pool.name];
    if (most === 0) {
      return "";
    }
    const cell = element("div", "", number(most));
    const share = one.at_peak[pool.name];
    if (share > 0) {
      const meter = element("div", "meter");
      const bar = element("i", "needs");
      bar.style.width = (100 * share) / pool.most + "%";
      meter.append(bar);
      cell.append(element("div", "quiet", number(share) + " at the peak (" + percent(share, pool.most) + ")"), meter);
    }
    return cell;
  }

  function showConnections() {
    const shares = ["PBUF_POOL", "TCP_SEG", "heap"].map((name) => result.pools.find((pool) => pool.name === name))
      .filter(Boolean);
    const all = traffic.connections;
    const section = byId("connections");
    if (!all.shown.some((one) => one.peer)) {
      section.remove();
      return;
    }
    const rows = all.shown.map((one) => [
      ["name", connectionName(one)],
      ["number wide", seconds(one.first / 1e9, view.end) + " \u2013 " + seconds(one.last / 1e9, view.end)],
      ...shares.map((pool) => ["number wide", shareCell(one, pool)])]);
    section.append(
      element("p", "quiet", "What each held at most, and its share when all together held most; the largest first." +
              (all.more > 0 ? " " + plural(all.more, "more is", "more are") + " not shown." : "")),
      element("div", "card scroll",
              table(["connection", "from \u2013 until"].concat(shares.map((pool) => pool.name)), rows)));
  }

  /* --- configuration --------------------------------------------------------------------------- */

  function copyByCommand(text) {
    const area = element("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copying is not allowed here"));
  }

  function copyText(text) {
    return navigator.clipboard && window.isSecureContext
      ? navigator.clipboard.writeText(text).catch(() => copyByCommand(text)) : copyByCommand(text);
  }

  function showConfiguration() {
    const section = byId("configuration");
    const tabs = element("div", "tabs");
    const said = element("span", "done");
    said.setAttribute("role", "status");
    const texts = page.configurations.map((one) => {
      const text = element("pre", "", one.text);
      text.dataset.name = one.name;
      return text;
    });
    const choices = page.configurations.map((one, k) => button(one.name, () => select(k)));
    let selected = 0;
    function select(k) {
      selected = k;
      said.textContent = "";
      texts.forEach((text, i) => { text.hidden = i !== k; });
      choices.forEach((choice, i) => choice.setAttribute("aria-selected", String(i === k)));
    }
    const copy = button("Copy", () => copyText(page.configurations[selected].text)
      .then(() => { said.textContent = "Copied"; }, (error) => { said.textContent = error.message; }));
    copy.classList.add("copy");
    choices.forEach((choice) => choice.setAttribute("role", "tab"));
    tabs.append(...choices, copy, said);
    section.append(element("p", "quiet", "Each line has its derivation."), element("div", "card", tabs, ...texts));
    select(0);
  }

  /* --- the rest -------------------------------------------------------------------------------- */

  function showHeader() {
    const sum = totals(result.pools.concat(own));
    const failed = own.filter((pool) => pool.first_failure > 0)
      .map((pool) => ({ name: pool.name, now_fails_at: pool.first_failure }));
    const first = result.pools.filter(failsNow).concat(failed)
      .sort((a, b) => a.now_fails_at - b.now_fails_at)[0];
    byId("verdict").className = result.suffices ? "good" : "short";
    byId("verdict").append(element("span", "mark", result.suffices ? "\u2713" : "\u2717"),
                           element("span", "", result.verdict));
    const files = traffic ? traffic.files.map((file) => file.name).join(", ") : "";
    byId("device").textContent = trace ? plural(trace.events, "event", "events") + " of " + files +
      (trace.exact ? "" : ", which is not whole: more may have been held") : "Device " + result.device + (traffic
      ? ": " + number(result.sent) + " frames sent, " + number(result.received) + " received, " +
        number(result.others) + " of others; " + files
      : ": " + number(result.packets) + " packets");
    const saved = sum.now - sum.needed;
    [[bytes(sum.needed), "pools and heap needed"], [bytes(sum.now), "there are now"],
     [bytes(Math.abs(saved)), saved >= 0 ? "can be saved (" + percent(saved, sum.now) + ")" : "are missing"],
     [first ? unit + number(first.now_fails_at) : "none",
      first ? first.name + " fails first" : "of the requests fails now"]]
      .forEach(([value, text]) => byId("tiles").append(element("div", "tile", element("b", "", value),
                                                               element("span", "", text))));
    document.title = "cistern size: " + (traffic ? traffic.files[0].name : result.device);
  }

  function showAssumed() {
    const shown = ["TCP_MSS", "TCP_WND", "TCP_SND_BUF", "PBUF_POOL_BUFSIZE", "MEM_ALIGNMENT", "NO_SYS"];
    const rows = Object.entries(result.options)
      .filter(([name, option]) => shown.includes(name) || option.source !== "lwIP's default")
      .map(([name, option]) => [["name", name], ["number", number(option.value)], ["quiet", option.source]]);
    rows.push([["name", "pointers"], ["number", result.pointer + " bits"], ["quiet", "--pointer"]],
              [["name", "service time"], ["number", number(result.service_us) + " \u00b5s"],
               ["quiet", "of a frame"]]);
    byId("assumed").append(element("div", "card", table(["option", "value", "from"], rows)));
    byId("footer").textContent = "Made by cistern " + page.version + "; charts by dygraphs " + Dygraph.VERSION +
      " (MIT). This file needs no network.";
  }

  function showContents() {
    document.querySelectorAll("main h2").forEach((title) => {
      const link = element("a", "", title.textContent);
      link.href = "#" + title.parentElement.id;
      byId("contents").append(link);
    });
  }

  /* Where each capture begins, on the charts' axis. */
  function placeFiles() {
    const all = traffic.curves.find((curve) => curve.name === "all");
    const curve = readCurve(all);
    traffic.files_at = traffic.files.map((file) => {
      const i = Array.prototype.findIndex.call(curve.packet, (packet) => packet > file.packets_before);
      return i < 0 ? view.end : curve.time[i];
    });
  }

  function showTraffic() {
    if (!traffic || traffic.curves.length === 0) {
      ["demand", "heap", "connections"].forEach((id) => byId(id).remove());
      byId("pools").append(element("p", "quiet", "Curves belong to the captures of one device; this result came from " +
                                   "summaries, from several devices or from captures that show no use of memory."));
      return;
    }
    view.end = view.to = Math.max(traffic.end / 1e9, 1e-6);
    if (traffic.files.length > 1) {
      placeFiles();
    }
    showDemand();
    showHeap();
    showConnections();
  }

  root.dataset.theme = currentTheme();
  showHeader();
  showPools();
  showTraffic();
  showSizes();
  showConfiguration();
  showAssumed();
  showContents();
  byId("theme").addEventListener("click", () => {
    chosenTheme = currentTheme() === "dark" ? "light" : "dark";
    applyTheme(chosenTheme);
  });
  prefersDark.addEventListener("change", () => applyTheme(currentTheme()));
  addEventListener("beforeprint", prepareForPrint);
  addEventListener("afterprint", endPrint);
})();
