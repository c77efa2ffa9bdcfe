// Confusion matrices: labels in another order, and from a cell to the rows it counts.
(() => {
  "use strict";

  const cellSide = 11;
  const orders = [
    ["By name", (count) => range(count.length)],
    ["Most rows first", (count) => range(count.length).sort((a, b) => total(count[b]) - total(count[a]) || a - b)],
    ["Most mistakes first", (count) => range(count.length).sort((a, b) => mistakes(count, b) - mistakes(count, a) || a - b)],
    ["Lowest share right first", (count) => range(count.length).sort((a, b) => share(count, a) - share(count, b) || a - b)],
    ["Confused labels together", neighbours],
  ];

  const range = (n) => [...Array(n).keys()];
  const total = (row) => row.reduce((sum, n) => sum + n, 0);
  const mistakes = (count, i) => total(count[i]) - count[i][i];
  const share = (count, i) => (total(count[i]) === 0 ? 2 : count[i][i] / total(count[i]));

  // Each label is followed by the one it is most often confused with, either way, among those left.
  function neighbours(count) {
    const left = new Set(range(count.length).sort((a, b) => mistakes(count, b) - mistakes(count, a) || a - b));
    const order = [];
    while (left.size > 0) {
      const last = order[order.length - 1];
      let [next] = left;
      let most = 0;
      for (const label of last === undefined ? [] : left) {
        const confused = count[last][label] + count[label][last];
        if (confused > most) [next, most] = [label, confused];
      }
      order.push(next);
      left.delete(next);
    }
    return order;
  }

  function sortTable(table, order) {
    const head = table.tHead.rows[0];
    const columns = new Map([...head.cells].filter((c) => c.dataset.c).map((c) => [+c.dataset.c, c]));
    const rows = new Map([...table.tBodies[0].rows].map((row) => [+row.dataset.r, row]));
    head.append(...order.map((i) => columns.get(i)));
    for (const row of rows.values()) {
      const cells = new Map([...row.cells].filter((c) => c.dataset.c).map((c) => [+c.dataset.c, c]));
      row.append(...order.map((i) => cells.get(i)));
    }
    table.tBodies[0].append(...order.map((i) => rows.get(i)));
  }

  function sortMap(map, order) {
    const place = new Map(order.map((label, at) => [label, at]));
    const start = +map.querySelector(".track").getAttribute("x");
    for (const dot of map.querySelectorAll("rect[data-r]")) {
      dot.setAttribute("x", start + place.get(+dot.dataset.c) * cellSide + 1);
      dot.setAttribute("y", 20 + place.get(+dot.dataset.r) * cellSide + 1);
    }
    for (const name of map.querySelectorAll("text[data-r]")) {
      const at = place.get(+name.dataset.r);
      name.setAttribute("y", 20 + at * cellSide + cellSide / 2 + 4);
      name.querySelector(".nth").textContent = at + 1;
    }
  }

  function show(panel, right, answered) {
    const names = JSON.parse(panel.dataset.labels);
    document.dispatchEvent(
      new CustomEvent("rows-of", {
        detail: { contender: panel.dataset.contender, right: names[right], answered: names[answered] },
      }),
    );
  }

  for (const [at, panel] of document.querySelectorAll("#labels .panel").entries()) {
    const matrix = panel.querySelector(".matrix");
    const cells = [...matrix.querySelectorAll("[data-n]")];
    const names = JSON.parse(panel.dataset.labels);
    const count = names.map(() => names.map(() => 0));
    for (const cell of cells) {
      const row = +(cell.dataset.r ?? cell.parentElement.dataset.r);
      count[row][+cell.dataset.c] = +cell.dataset.n;
      if (+cell.dataset.n > 0) {
        cell.classList.add("leads");
        cell.addEventListener("click", () => show(panel, row, +cell.dataset.c));
      }
    }

    const control = document.createElement("p");
    control.className = "order";
    const label = document.createElement("label");
    label.htmlFor = `order-${at}`;
    label.textContent = "Order of labels";
    const select = document.createElement("select");
    select.id = label.htmlFor;
    orders.forEach(([title], i) => select.add(new Option(title, i)));
    select.addEventListener("change", () => {
      const order = orders[+select.value][1](count);
      const map = matrix.querySelector("svg");
      if (map) sortMap(map, order);
      else sortTable(matrix.querySelector("table"), order);
    });
    control.append(label, select);
    matrix.before(control);

    for (const item of panel.querySelectorAll(".confusions li")) {
      const open = document.createElement("button");
      open.type = "button";
      open.className = "quiet";
      open.textContent = "show rows";
      open.setAttribute("aria-label", `Show rows of ${names[+item.dataset.r]} taken for ${names[+item.dataset.c]}`);
      open.addEventListener("click", () => show(panel, +item.dataset.r, +item.dataset.c));
      item.append(" ", open);
    }
  }
})();
