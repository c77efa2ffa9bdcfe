// The rows of the test: unpacked once, then searched and filtered in memory. Texts go in as text, never as markup.
(async () => {
  "use strict";

  const packed = document.getElementById("rows-data");
  if (!packed || typeof DecompressionStream === "undefined") return;

  const page = 10;
  const at = (id) => document.getElementById(id);
  const [search, outcome, label, part, template] = ["search", "outcome", "label", "part", "template"].map((n) => at(`rows-${n}`));
  const [list, found, more, confusion, all] = ["list", "found", "more", "confusion", "all"].map((n) => at(`rows-${n}`));
  const data = await unpack(packed.textContent);
  const judged = data.contenders.map((name, i) => i);
  let cell = null;
  let hits = [];
  let shown = 0;

  async function unpack(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function make(tag, style, ...content) {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.append(...content);
    return element;
  }

  const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)}\u202f%`;
  const count = (n, one) => `${n.toLocaleString("en")} ${n === 1 ? one : `${one}s`}`;

  // What can be asked for, as title and test.
  const outcomes = [["all", () => true]];
  for (const first of judged) {
    for (const second of judged.slice(first + 1)) {
      const [a, b] = [data.contenders[first], data.contenders[second]];
      outcomes.push([`fixed: ${b} right, ${a} wrong`, (row) => row.answers[second].right && !row.answers[first].right]);
      outcomes.push([`broken: ${b} wrong, ${a} right`, (row) => !row.answers[second].right && row.answers[first].right]);
    }
  }
  for (const one of judged) outcomes.push([`wrong by ${data.contenders[one]}`, (row) => !row.answers[one].right]);
  if (judged.length > 1) {
    outcomes.push(["right by all", (row) => row.answers.every((a) => a.right)]);
    outcomes.push(["wrong by all", (row) => row.answers.every((a) => !a.right)]);
    outcomes.push(["answers differ", (row) => row.answers.some((a) => a.text !== row.answers[0].text)]);
  }
  if (data.rows.some((row) => row.answers.some((a) => (a.text ?? null) === null))) {
    outcomes.push(["did not fit", (row) => row.answers.some((a) => (a.text ?? null) === null)]);
  }

  for (const row of data.rows) {
    row.haystack = [row.prompt, row.reference, ...row.answers.map((a) => a.text ?? "")].join("\n").toLowerCase();
  }

  function fill(select, entries) {
    entries.forEach(([title, value]) => select.add(new Option(title, value)));
    select.parentElement.hidden = entries.length < 3;
  }

  outcomes.forEach(([title], i) => outcome.add(new Option(title, i)));
  const references = new Map();
  data.rows.forEach((row) => references.set(row.reference, (references.get(row.reference) ?? 0) + 1));
  const names = [...references.keys()].sort((a, b) => (a < b ? -1 : 1));
  const few = names.length <= 300 && names.every((name) => name.length <= 80);
  fill(label, few ? [["any", ""], ...names.map((name, i) => [`${name} (${references.get(name)})`, i])] : []);
  part.add(new Option("any", ""));
  part.parentElement.hidden = !data.slices;
  for (const [s, slice] of (data.slices ?? []).entries()) {
    const group = document.createElement("optgroup");
    group.label = slice.name;
    slice.groups.forEach((name, g) => group.append(new Option(name, `${s} ${g}`)));
    part.append(group);
  }
  fill(template, [["any", ""], ...data.templates.map((name, i) => [name, i])]);

  function refresh() {
    const words = search.value.toLowerCase().split(/\s+/).filter((w) => w);
    const test = outcomes[+outcome.value][1];
    const [slice, inPart] = part.value === "" ? [null, null] : part.value.split(" ").map(Number);
    const wanted = label.value === "" ? null : names[+label.value];
    hits = data.rows.filter(
      (row) =>
        test(row) &&
        (wanted === null || row.reference === wanted) &&
        (slice === null || row.parts[slice] === inPart) &&
        (template.value === "" || row.template === +template.value) &&
        (cell === null || (row.reference === cell.right && row.answers[cell.contender].text === cell.answered)) &&
        words.every((word) => row.haystack.includes(word)),
    );
    found.textContent = `${count(hits.length, "answer")} of ${data.rows.length.toLocaleString("en")}`;
    confusion.hidden = cell === null;
    if (cell) confusion.textContent = `${data.contenders[cell.contender]}: ${cell.right} taken for ${cell.answered} ✕`;
    all.hidden = hits.length === data.rows.length;
    list.replaceChildren();
    shown = 0;
    extend();
  }

  function extend() {
    list.append(...hits.slice(shown, shown + page).map(card));
    shown = Math.min(hits.length, shown + page);
    more.hidden = shown === hits.length;
    more.textContent = `Show ${Math.min(page, hits.length - shown)} more`;
  }

  function sign(right) {
    const mark = make("span", `word ${right ? "good" : "bad"}`, right ? "✓" : "✗");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", right ? "right" : "wrong");
    return mark;
  }

  function said(answer) {
    if ((answer.text ?? null) === null) return make("i", "", "did not fit");
    return answer.text === "" ? make("i", "", "nothing") : make("span", "", answer.text);
  }

  const probability = (answer) => {
    for (let i = 0; i < (answer.likeliest ?? []).length; i += 2) {
      if (data.choices[answer.likeliest[i]] === answer.text) return answer.likeliest[i + 1];
    }
    return null;
  };

  function swatch(contender) {
    const dot = make("span", `swatch ${data.styles[contender]}`);
    dot.setAttribute("aria-hidden", "true");
    return dot;
  }

  function card(row) {
    const place = [`row ${row.row}`, ...(data.templates.length > 1 ? [data.templates[row.template]] : [])].join(" · ");
    const prompt = box(row.prompt);
    const answers = make("dl", "answers", make("dt", "", "right"), text("dd", row.reference));
    if (row.also) answers.append(make("dt", "", "right too"), text("dd", row.also.join(", ")));
    row.answers.forEach((answer, i) => {
      const sure = probability(answer);
      const line = make("dd", "", sign(answer.right), " ", said(answer));
      line.dir = "auto";
      if (sure !== null) line.append(" ", make("span", "dim", percent(sure)));
      answers.append(make("dt", "", swatch(i), ` ${data.contenders[i]}`), line);
    });
    const details = make("details", "", make("summary", "", "As sent, probabilities, tokens"));
    details.addEventListener(
      "toggle",
      () => details.append(make("div", "sides", ...row.answers.map((answer, i) => evidence(row, answer, i)))),
      { once: true },
    );
    return make("li", "", make("p", "dim place", place), prompt, answers, details);
  }

  // A box that may scroll is reached by keyboard.
  function box(prompt) {
    const element = text("pre", prompt);
    element.className = "prompt";
    const lines = prompt.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 30), 0);
    if (lines > 8) element.tabIndex = 0;
    return element;
  }

  function text(tag, content) {
    const element = make(tag, "", content);
    element.dir = "auto";
    return element;
  }

  function sent(row, answer) {
    if (!answer.insert) return row.prompt;
    const [before, after, insert] = answer.insert;
    return row.prompt.slice(0, before) + data.inserts[insert] + row.prompt.slice(row.prompt.length - after);
  }

  function evidence(row, answer, i) {
    const side = make(
      "div",
      "",
      make("h3", "", swatch(i), ` ${data.contenders[i]}`),
      make("p", "dim", `Prompt as sent, ${count(answer.sent, "token")}${answer.stop ? `; generation ended by ${answer.stop}` : ""}`),
      box(sent(row, answer)),
    );
    if (answer.losses) {
      side.append(make("p", "dim", "Loss of the right answer, token by token (nats; darker is more surprising)"), tokens(row, answer));
    }
    if (answer.likeliest) {
      side.append(make("p", "dim", "Likeliest choices"), likeliest(row, answer));
    }
    return side;
  }

  function tokens(row, answer) {
    const line = make("p", "tokens");
    row.tokens.forEach((token, i) => {
      const loss = answer.losses[i];
      const shade = loss < 0.05 ? 0 : Math.min(9, 1 + Math.floor(2 * loss));
      line.append(make("span", `token s${shade}`, make("span", "", token.replace(/\n/g, "⏎")), make("small", "", loss.toFixed(2))));
    });
    return line;
  }

  function likeliest(row, answer) {
    const bars = make("ul", "likeliest");
    for (let i = 0; i < answer.likeliest.length; i += 2) {
      const name = data.choices[answer.likeliest[i]];
      const share = answer.likeliest[i + 1];
      const bar = make("progress", "");
      bar.max = 1;
      bar.value = share;
      bar.setAttribute("aria-hidden", "true");
      const marks = [name === row.reference.trim() ? "right" : "", name === answer.text ? "taken" : ""].filter((m) => m);
      bars.append(make("li", "", text("span", name), bar, make("span", "number", percent(share)), make("span", "dim", marks.join(", "))));
    }
    return bars;
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 120);
  });
  [outcome, label, part, template].forEach((select) => select.addEventListener("change", refresh));
  more.addEventListener("click", () => {
    const first = shown;
    extend();
    list.children[first]?.querySelector("summary").focus();
  });
  confusion.addEventListener("click", () => {
    cell = null;
    refresh();
  });
  all.addEventListener("click", () => {
    search.value = label.value = part.value = template.value = "";
    outcome.value = "0";
    cell = null;
    refresh();
  });
  document.addEventListener("rows-of", ({ detail }) => {
    search.value = label.value = part.value = template.value = "";
    outcome.value = "0";
    const answered = detail.answered === "(no answer)" ? undefined : detail.answered;
    cell = { contender: data.contenders.indexOf(detail.contender), right: detail.right, answered };
    refresh();
    at("rows").scrollIntoView();
    confusion.focus({ preventScroll: true });
  });

  document.querySelector("#rows .needs-script").remove();
  document.querySelector("#rows .explorer").hidden = false;
  refresh();
})();
