// Draws the curves again with uPlot, to point at and to zoom into. Paper, and browsers without scripts, keep the SVG.
(() => {
  "use strict";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const tones = { tuned: "--tuned", zero: "--zero", few: "--few" };
  const font = "12px system-ui, sans-serif";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function figure(value) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    return size !== 0 && (size < 0.001 || size >= 1e6) ? value.toExponential(2).replace(/\.?0+e/, "e") : String(+value.toPrecision(4));
  }

  // Charts side by side show the same steps.
  function group(charts) {
    let moving = false;
    const key = `steps-${Math.random()}`;
    const live = [];

    function zoom(from, to) {
      if (moving) return;
      moving = true;
      for (const one of live) {
        const all = one.plot.data[0];
        const whole = from <= all[0] && to >= all[all.length - 1];
        one.plot.setScale("x", whole ? { min: all[0], max: all[all.length - 1] } : { min: from, max: to });
        one.reset.hidden = whole;
      }
      moving = false;
    }

    for (const element of charts.querySelectorAll("figure[data-chart]")) {
      const chart = JSON.parse(element.dataset.chart);
      if (chart.steps.length < 2) continue;
      const host = document.createElement("div");
      host.className = "plot";
      const one = { element, host, chart, plot: null, reset: button(element, () => zoom(-Infinity, Infinity)) };
      const spoken = document.createElement("p");
      spoken.className = "sr";
      spoken.setAttribute("role", "status");
      one.host.tabIndex = 0;
      one.host.setAttribute("role", "group");
      one.host.setAttribute("aria-label", `${chart.title}. Arrow keys read values, plus and minus zoom, 0 shows all.`);
      one.host.addEventListener("keydown", (event) => keys(event, one, spoken, zoom));
      element.querySelector("svg").after(one.host, spoken);
      draw(one, key, zoom);
      live.push(one);
      new ResizeObserver(() => one.plot.setSize({ width: width(element), height: 244 })).observe(element);
    }

    dark.addEventListener("change", () => live.forEach((one) => draw(one, key, zoom)));
  }

  const width = (element) => Math.max(200, element.clientWidth);

  function button(element, pressed) {
    const reset = document.createElement("button");
    reset.type = "button";
    reset.className = "reset";
    reset.textContent = "Show all steps";
    reset.hidden = true;
    reset.addEventListener("click", pressed);
    element.querySelector("figcaption").append(" ", reset);
    return reset;
  }

  function draw(one, key, zoom) {
    const { chart, element, host } = one;
    one.plot?.destroy();
    const axis = { stroke: colour("--dim"), font, labelFont: font, grid: { stroke: colour("--edge"), width: 1 }, ticks: { show: false } };
    one.plot = new uPlot(
      {
        width: width(element),
        height: 244,
        scales: { x: { time: false } },
        cursor: { sync: { key, setSeries: false }, drag: { x: true, y: false, setScale: false } },
        axes: [
          { ...axis, label: "optimizer step", labelSize: 20, size: 28 },
          { ...axis, size: 58, values: (_, ticks) => ticks.map(figure) },
        ],
        series: [
          { label: "step", value: (_, value) => figure(value) },
          ...chart.series.map((series) => ({
            label: series.name,
            stroke: colour(tones[series.style]),
            width: series.style === "zero" ? 1.2 : 2,
            spanGaps: true,
            points: { show: series.dots, size: 6, fill: colour(tones[series.style]) },
            value: (_, value) => figure(value),
          })),
        ],
        hooks: {
          setSelect: [
            (plot) => {
              const { left, width: wide } = plot.select;
              if (wide < 4) return;
              zoom(plot.posToVal(left, "x"), plot.posToVal(left + wide, "x"));
              plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
          ready: [(plot) => plot.over.addEventListener("dblclick", () => zoom(-Infinity, Infinity))],
          draw: [(plot) => chart.mark !== null && marked(plot, chart.mark)],
        },
      },
      [chart.steps, ...chart.series.map((series) => series.values)],
      host,
    );
    one.plot.root.setAttribute("aria-hidden", "true");
    element.classList.add("live");
  }

  function marked(plot, step) {
    const { min, max } = plot.scales.x;
    if (step < min || step > max) return;
    const x = plot.valToPos(step, "x", true);
    const { top, height } = plot.bbox;
    plot.ctx.save();
    plot.ctx.strokeStyle = colour("--ink");
    plot.ctx.setLineDash([8, 8]);
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, top);
    plot.ctx.lineTo(x, top + height);
    plot.ctx.stroke();
    plot.ctx.restore();
  }

  function keys(event, one, spoken, zoom) {
    const plot = one.plot;
    const steps = plot.data[0];
    const { min, max } = plot.scales.x;
    const middle = steps[one.at ?? steps.length - 1];
    const reach = (max - min) / 2;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const next = (one.at ?? (event.key === "ArrowLeft" ? steps.length : -1)) + (event.key === "ArrowLeft" ? -1 : 1);
      one.at = Math.min(steps.length - 1, Math.max(0, next));
      const step = steps[one.at];
      plot.setCursor({ left: plot.valToPos(step, "x"), top: 10 });
      const values = one.chart.series.filter((s) => s.values[one.at] !== null);
      spoken.textContent = `step ${step}: ${values.map((s) => `${s.name} ${figure(s.values[one.at])}`).join(", ")}`;
    } else if (event.key === "+" || event.key === "=") {
      zoom(Math.max(min, middle - reach / 2), Math.min(max, middle + reach / 2));
    } else if (event.key === "-") {
      zoom(min - reach / 2, max + reach / 2);
    } else if (event.key === "0") {
      zoom(-Infinity, Infinity);
    } else {
      return;
    }
    event.preventDefault();
  }

  document.querySelectorAll("#training .charts").forEach(group);
})();
