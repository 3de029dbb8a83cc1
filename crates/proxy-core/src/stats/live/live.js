// The live page: asks for figures once a second, draws what they were in the last two minutes, and says what servers are to do.
"use strict";
(() => {
  const base = document.body.dataset.base;
  const KEPT = 120;
  const byId = (id) => document.getElementById(id);
  const make = (name, text, parent) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const short = (n) => {
    for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
      if (n >= size) return (n / size).toFixed(1) + unit;
    }
    return String(Math.round(n));
  };
  const span = (s) => s >= 86400 ? `${Math.floor(s / 86400)}d${Math.floor(s % 86400 / 3600)}h`
    : s >= 3600 ? `${Math.floor(s / 3600)}h${Math.floor(s % 3600 / 60)}m`
    : s >= 60 ? `${Math.floor(s / 60)}m${s % 60}s` : `${s}s`;

  const series = new Map();
  const keep = (name, value) => {
    const values = series.get(name) ?? [];
    values.push(value);
    if (values.length > KEPT) values.shift();
    series.set(name, values);
    return values;
  };
  const draw = (canvas, values) => {
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const at = canvas.getContext("2d");
    at.scale(scale, scale);
    const most = Math.max(...values, 1);
    const step = width / (KEPT - 1);
    const x = (i) => width - (values.length - 1 - i) * step;
    const y = (value) => height - 1 - value / most * (height - 4);
    at.beginPath();
    values.forEach((value, i) => i ? at.lineTo(x(i), y(value)) : at.moveTo(x(i), y(value)));
    at.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    at.lineWidth = 1.5;
    at.stroke();
    at.lineTo(x(values.length - 1), height);
    at.lineTo(x(0), height);
    at.globalAlpha = 0.15;
    at.fillStyle = at.strokeStyle;
    at.fill();
  };

  // Counts of the last answer, by row, from which rates are made.
  let before = new Map();
  let beforeMs = 0;
  const open = new Set();

  const act = async (proxy, server, action) => {
    const body = new URLSearchParams({ s: server, action, b: "#" + proxy });
    const answer = await fetch(base + "/act", { method: "POST", headers: { "x-holdfast": "act" }, body });
    if (!answer.ok) byId("state").textContent = (await answer.text()).trim();
    await look();
  };
  const mark = (status) => /^(UP|OPEN|no check)/.test(status) ? (/[0-9]\//.test(status) ? "warn" : "good")
    : /^(DRAIN|NOLB)/.test(status) ? "warn" : /^DOWN/.test(status) ? "bad" : "";

  const server = (body, row, admin) => {
    const line = make("tr", undefined, body);
    make("td", row.name, line);
    const state = make("td", undefined, line);
    make("span", row.status, state).className = "mark " + mark(row.status);
    for (const text of [row.weight, row.scur, row.qcur, short(row.perSecond), row.ttime + " ms", short(row.failed), span(row.lastchg)]) {
      make("td", text, line);
    }
    const buttons = make("td", undefined, line);
    for (const action of admin ? ["ready", "drain", "maint"] : []) {
      const button = make("button", action, buttons);
      button.addEventListener("click", () => act(row.proxy, row.name, action));
    }
  };

  const show = (data) => {
    const seconds = Math.max((data.now - beforeMs) / 1000, 0.001);
    const first = beforeMs === 0 || data.now < beforeMs;
    const now = new Map();
    const rows = data.rows.map((values) => Object.fromEntries(data.columns.map((name, i) => [name, values[i]])));
    for (const row of rows) {
      const key = `${row.proxy} ${row.kind} ${row.name}`;
      now.set(key, row);
      const old = first ? undefined : before.get(key);
      const rate = (column) => old ? Math.max(row[column] - old[column], 0) / seconds : 0;
      row.key = key;
      row.perSecond = rate("req_tot") || rate("stot");
      row.outPerSecond = rate("bout");
      row.errorsPerSecond = rate("hrsp_5xx") + rate("econ");
      row.failed = row.econ + row.eresp + row.hrsp_5xx;
    }
    before = now;
    beforeMs = data.now;
    byId("process").textContent = `${data.node} · up ${span(data.uptime)} · ${data.threads} threads`;
    const fronts = rows.filter((row) => row.kind === 0);
    const sum = (column) => fronts.reduce((all, row) => all + row[column], 0);
    const totals = { requests: sum("perSecond"), sessions: sum("scur"), bytes: sum("outPerSecond"),
      errors: rows.filter((row) => row.kind < 2).reduce((all, row) => Math.max(all, row.errorsPerSecond), 0) };
    for (const [name, value] of Object.entries(totals)) {
      draw(byId(name), keep(name, value));
      byId(name + "-now").textContent = short(value);
    }
    const main = byId("proxies");
    const focus = document.activeElement;
    const focused = focus && main.contains(focus) ? [...main.querySelectorAll("button")].indexOf(focus) : -1;
    main.replaceChildren();
    const charts = [];
    for (const row of rows.filter((row) => row.kind < 2)) {
      const article = make("article", undefined, main);
      const line = make("div", undefined, article);
      line.className = "row";
      const title = make("h2", row.name, line);
      make("span", row.status, title).className = "mark " + mark(row.status);
      make("small", `${row.kind === 0 ? "frontend" : "backend"} · ${short(row.perSecond)}/s · ${row.scur} sessions`
        + (row.kind === 1 ? ` · ${row.qcur} queued · ${row.ttime} ms` : ""), title);
      charts.push([make("canvas", undefined, line), keep(row.key, row.kind === 1 ? row.ttime : row.perSecond)]);
      if (row.kind !== 1) continue;
      const servers = rows.filter((one) => one.kind === 2 && one.proxy === row.proxy);
      if (!servers.length && data.partial) {
        const button = make("button", "servers", title);
        button.addEventListener("click", () => { open.clear(); open.add(row.proxy); look(); });
      }
      if (!servers.length) continue;
      const holder = make("div", undefined, article);
      holder.className = "table";
      const table = make("table", undefined, holder);
      const head = make("tr", undefined, make("thead", undefined, table));
      for (const text of ["server", "state", "weight", "sessions", "queued", "a second", "takes", "failed", "since", ""]) make("th", text, head);
      const body = make("tbody", undefined, table);
      servers.forEach((one) => server(body, one, data.admin));
    }
    for (const [canvas, values] of charts) draw(canvas, values);
    if (focused >= 0) main.querySelectorAll("button")[focused]?.focus();
  };

  const say = (text, bad) => {
    const state = byId("state");
    state.textContent = text;
    state.toggleAttribute("data-bad", bad);
  };
  const look = async () => {
    try {
      const answer = await fetch(base + "/data" + (open.size ? "?of=" + [...open][0] : ""), { cache: "no-store" });
      if (!answer.ok) throw new Error(`the page was answered with ${answer.status}`);
      show(await answer.json());
      say("Live", false);
    } catch (error) {
      say(`Not live: ${error.message}`, true);
    }
  };
  const round = async () => {
    if (!document.hidden) await look();
    setTimeout(round, 1000);
  };
  round();
})();
