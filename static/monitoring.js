// The chart of a point: band of least to greatest, the mean, gaps as gaps; keys; live refresh.
(function () {
  "use strict";
  var box = document.getElementById("chart");
  if (!box || !window.uPlot) { return; }
  var read = document.getElementById("chart-read");
  var table = document.getElementById("chart-table");
  var unit = box.dataset.unit;
  var names = JSON.parse(box.dataset.names || "{}");
  var plot = null;
  var data = null;
  var at = null;

  function shown(value) {
    if (value === null || value === undefined) { return "no data"; }
    if (names[value] !== undefined) { return names[value]; }
    var digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2;
    var text = value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
    return text + (unit ? "\u2009" + (unit === "degC" ? "°C" : unit) : "");
  }

  function ink(name, fallback) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || fallback;
  }

  function size() {
    return { width: Math.max(200, box.clientWidth), height: box.clientWidth < 576 ? 220 : 310 };
  }

  function there(seconds) {
    return window.uPlot.tzDate(new Date(seconds * 1000), box.dataset.zone);
  }

  function two(number) { return String(number).padStart(2, "0"); }

  function day(date) {
    return date.getFullYear() + "-" + two(date.getMonth() + 1) + "-" + two(date.getDate());
  }

  function clock(date) { return two(date.getHours()) + ":" + two(date.getMinutes()); }

  function moment(seconds) {
    var date = there(seconds);
    return day(date) + " " + clock(date) + " " + box.dataset.zone;
  }

  function ticks(u, splits, axis, space, step) {
    var last = "";
    return splits.map(function (seconds) {
      var date = there(seconds), today = day(date), first = today !== last;
      last = today;
      if (step >= 86400) { return today; }
      return clock(date) + (first ? "\n" + today : "");
    });
  }

  function options() {
    var line = ink("--rh-fill", "#2f6fb5");
    var text = getComputedStyle(document.body).color;
    var grid = { stroke: "rgba(128, 128, 128, .25)", width: 1 };
    var axis = { stroke: text, grid: grid, ticks: grid };
    var states = Object.keys(names).length > 0;
    var stepped = states ? window.uPlot.paths.stepped({ align: 1 }) : undefined;
    function series(label, extra) {
      return Object.assign({
        label: label, spanGaps: false, paths: stepped, points: { size: 3 },
        value: function (u, value) { return shown(value); }
      }, extra);
    }
    return Object.assign(size(), {
      cursor: { y: false, drag: { x: true, y: false } },
      legend: { live: true },
      scales: { x: { time: true } },
      tzDate: there,
      axes: [Object.assign({ values: ticks, space: 90 }, axis), Object.assign({ size: 76, values: function (u, splits) {
        return splits.map(function (v) { return states && names[v] === undefined ? "" : shown(v); });
      } }, axis)],
      series: [
        { label: "at", value: function (u, at) { return at === null ? "" : moment(at); } },
        series("greatest", { stroke: line + "80", width: 1, points: { show: false } }),
        series("mean", { stroke: line, width: 2 }),
        series("least", { stroke: line + "80", width: 1, points: { show: false } })
      ],
      bands: [{ series: [1, 3], fill: line + "30" }]
    });
  }

  function columns(body) { return [body.at, body.max, body.mean, body.min]; }

  function draw(body) {
    data = body;
    document.getElementById("chart-summary").textContent = body.summary;
    if (plot) { plot.setData(columns(body), true); return; }
    plot = new window.uPlot(options(), columns(body), box);
  }

  function load() {
    fetch(box.dataset.src, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (response) {
        if (response.status === 401) { window.location.reload(); }
        if (!response.ok) { throw new Error(String(response.status)); }
        return response.json();
      })
      .then(draw)
      .catch(function () { read.textContent = "The chart could not be refreshed; it is not current."; });
  }

  function say(index) {
    at = Math.min(Math.max(index, 0), data.at.length - 1);
    read.textContent = moment(data.at[at]) + ": " + (data.mean[at] === null ? "no data" :
      shown(data.mean[at]) + " (" + shown(data.min[at]) + " to " + shown(data.max[at]) + ")");
    plot.setCursor({ left: plot.valToPos(data.at[at], "x"), top: 10 });
  }

  box.addEventListener("keydown", function (event) {
    var steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
    if (!data || !plot || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key in steps) { say((at === null ? data.at.length : at) + steps[event.key]); }
    else if (event.key === "Home") { say(0); }
    else if (event.key === "End") { say(data.at.length - 1); }
    else { return; }
    event.preventDefault();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key.toLowerCase() !== "t" || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || !table) { return; }
    table.open = !table.open;
    (table.open ? table.querySelector("[tabindex]") : box).focus();
  });

  new ResizeObserver(function () { if (plot) { plot.setSize(size()); } }).observe(box);
  new MutationObserver(function () {
    if (plot && data) { plot.destroy(); plot = null; draw(data); }
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  load();
  setInterval(function () { if (!document.hidden) { load(); } }, Number(box.dataset.every) * 1000);
})();
