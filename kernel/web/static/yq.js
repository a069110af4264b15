/* Saves steps; every page works without it. No dependencies, no inline anything, Chromium 86. */
"use strict";
(function () {
  var root = document.documentElement;
  root.className += " scripted";
  var english = root.lang === "en";
  function say(zh, en) { return english ? en : zh; }
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  /* A form with data-keep is kept in this browser as it is filled in, given back to who comes again, and forgotten once it is sent or its owner signs out. */
  var KEPT = "yq-kept:", SENT = "yq-sent";
  function stored(act) { try { return act(window.localStorage, window.sessionStorage); } catch (refused) { return null; } }
  function keptFields(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.name !== "csrf_token" && ["hidden", "file", "password", "submit", "button"].indexOf(one.type) < 0;
    });
  }
  function giveBack(form, kept) {
    keptFields(form).forEach(function (one) {
      var values = kept[one.name], box = one.type === "checkbox" || one.type === "radio";
      if (!values) { if (one.type === "checkbox") { one.checked = false; } return; }
      if (box) { one.checked = values.indexOf(one.value) >= 0; } else { one.value = values[0]; }
      var fold = one.closest("details");
      if (fold && (box ? one.checked : one.value !== one.defaultValue && one.tagName !== "SELECT")) { fold.open = true; }
    });
  }
  function told(form, key) {
    var line = document.createElement("p"), again = document.createElement("button");
    line.className = "notice dai"; line.setAttribute("role", "status");
    line.textContent = say("接着上次填到的地方。", "Here is what you had filled in. ");
    again.type = "button"; again.className = "button-link"; again.textContent = say("重新填", "Start afresh");
    again.addEventListener("click", function () { stored(function (local) { local.removeItem(key); }); location.reload(); });
    line.appendChild(again);
    form.parentNode.insertBefore(line, form);
  }
  each("form[data-keep]", function (form) {
    var key = KEPT + form.getAttribute("data-keep");
    var kept = stored(function (local) { return JSON.parse(local.getItem(key)); });
    var sent = stored(function (_local, tab) { return tab.getItem(SENT); }) === key;
    if (kept) { giveBack(form, kept); if (!sent) { told(form, key); } }
    function keep() {
      var values = {};
      keptFields(form).forEach(function (one) {
        if (one.type === "checkbox" || one.type === "radio" ? one.checked : one.value) { (values[one.name] = values[one.name] || []).push(one.value); }
      });
      stored(function (local) { local.setItem(key, JSON.stringify(values)); });
    }
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", function () { keep(); stored(function (_local, tab) { tab.setItem(SENT, key); }); });
  });
  stored(function (local, tab) {
    var key = tab.getItem(SENT), shown = false;
    each("form[data-keep]", function (form) { shown = shown || KEPT + form.getAttribute("data-keep") === key; });
    if (key && !shown && !document.querySelector("#password")) { local.removeItem(key); }
    if (!document.querySelector("#password")) { tab.removeItem(SENT); }
  });
  each("[data-sign-out]", function (form) {
    form.addEventListener("submit", function () {
      stored(function (local) {
        Object.keys(local).forEach(function (key) { if (key.indexOf(KEPT) === 0) { local.removeItem(key); } });
      });
    });
  });

  /* Money fields: separators, 大写 and 万元 after leaving; the server reads the text again and decides. */
  var DIGITS = "零壹贰叁肆伍陆柒捌玖", PLACES = ["", "拾", "佰", "仟"], GROUPS = ["", "万", "亿", "万亿"];
  function section(number) {
    var text = "", gap = false;
    for (var place = 3; place >= 0; place--) {
      var digit = Math.floor(number / Math.pow(10, place)) % 10;
      if (digit) { text += (gap && text ? "零" : "") + DIGITS[digit] + PLACES[place]; gap = false; } else { gap = true; }
    }
    return text;
  }
  function capitals(yuan, cents) {
    var text = "", gap = false, groups = [];
    for (var rest = yuan; rest.length; rest = rest.slice(0, -4)) { groups.push(Number(rest.slice(-4))); }
    for (var index = groups.length - 1; index >= 0; index--) {
      if (groups[index]) {
        text += (text && (gap || groups[index] < 1000) ? "零" : "") + section(groups[index]) + GROUPS[index];
        gap = false;
      } else { gap = true; }
    }
    if (text) { text += "元"; }
    var jiao = Number(cents[0]), fen = Number(cents[1]);
    if (!jiao && !fen) { return (text || "零元") + "整"; }
    return text + (jiao ? DIGITS[jiao] + "角" : text ? "零" : "") + (fen ? DIGITS[fen] + "分" : "整");
  }
  function grouped(digits) { return digits.replace(/\B(?=(\d{3})+$)/g, ","); }
  function read(text, inWan) {
    var plain = text.normalize("NFKC").trim().replace(/,/g, "");
    var match = /^(\d{1,15})(?:\.(\d{1,6}))?$/.exec(plain);
    if (!match) { return null; }
    var decimals = match[2] || "", whole = match[1];
    if (inWan) { whole += (decimals + "0000").slice(0, 4); decimals = decimals.slice(4); }
    if (decimals.length > 2) { return null; }
    return { yuan: whole.replace(/^0+(?=\d)/, ""), cents: (decimals + "00").slice(0, 2), typed: match };
  }
  function inWan(amount) {
    var digits = ("0000" + amount.yuan).slice(-Math.max(5, amount.yuan.length)) + amount.cents;
    var decimals = digits.slice(-6).replace(/0+$/, "");
    return grouped(digits.slice(0, -6).replace(/^0+(?=\d)/, "")) + (decimals ? "." + decimals : "");
  }
  each("[data-money]", function (field) {
    var input = field.querySelector("input"), unit = field.querySelector("select");
    function show() {
      var large = unit && unit.value === "wan", amount = read(input.value, large);
      if (amount) { input.value = grouped(amount.typed[1]) + (amount.typed[2] ? "." + amount.typed[2] : ""); }
      field.querySelector("[data-capitals]").textContent = amount ? capitals(amount.yuan, amount.cents) : "";
      field.querySelector("[data-wan]").textContent = !amount ? "" : large
        ? grouped(amount.yuan) + "." + amount.cents + say(" 元", " yuan") : inWan(amount) + say(" 万元", " × 10,000 yuan");
    }
    input.addEventListener("change", show);
    if (unit) { unit.addEventListener("change", show); }
    if (input.value) { show(); }
  });

  /* Errors and confirm pages say where the reader starts. */
  var start = document.querySelector("[data-errors]") || document.querySelector("[data-focus]");
  if (start && !location.hash) { start.focus({ preventScroll: !start.matches("[data-errors]") }); }

  /* A file may be dropped; its name is read back. */
  each("[data-drop]", function (place) {
    var input = place.querySelector("input[type=file]"), name = place.querySelector("[data-file-name]");
    function shown() { name.textContent = Array.prototype.map.call(input.files, function (f) { return f.name; }).join(say("、", ", ")); }
    input.addEventListener("change", shown);
    ["dragover", "dragleave", "drop"].forEach(function (kind) {
      place.addEventListener(kind, function (event) {
        event.preventDefault();
        place.classList.toggle("over", kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; shown(); }
      });
    });
  });

  /* Ticking a near miss shows its price at once. */
  each("[data-resubmit]", function (box) {
    box.addEventListener("change", function () { if (box.form) { box.form.submit(); } });
  });

  /* A form that moves something is sent once. */
  each("form[data-once]", function (form) {
    var sent = false;
    form.addEventListener("submit", function (event) { if (sent) { event.preventDefault(); } sent = true; });
    window.addEventListener("pageshow", function () { sent = false; });
  });

  /* A part of a page that moves: asked for again every few seconds, changed only where it has. */
  each("[data-live]", function (part) {
    var tag = "", waiting = false;
    function look() {
      if (document.hidden || waiting || !window.fetch) { return; }
      waiting = true;
      fetch(part.getAttribute("data-live"), { credentials: "same-origin", cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} }).then(function (answer) {
        waiting = false;
        if (answer.status !== 200) { return; }
        tag = answer.headers.get("ETag") || "";
        answer.text().then(function (text) { part.innerHTML = text; });
      }, function () { waiting = false; });
    }
    window.setInterval(look, 5000);
  });

  each("[data-print]", function (button) {
    button.addEventListener("click", function (event) { event.preventDefault(); window.print(); });
  });

  /* Shortcuts: off inside fields. */
  function links() { return document.querySelectorAll(".spine .nav-link"); }
  function row(term, key) {
    var line = document.createElement("div"), words = document.createElement("span"), sign = document.createElement("kbd");
    line.className = "shortcut"; words.textContent = term; sign.textContent = key;
    line.appendChild(words); line.appendChild(sign);
    return line;
  }
  function help() {
    if (!window.HTMLDialogElement) { return; }
    var dialog = document.createElement("dialog"), title = document.createElement("h2"), close = document.createElement("button");
    title.textContent = say("快捷键", "Shortcuts"); title.id = "shortcuts-title";
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.appendChild(title);
    Array.prototype.slice.call(links(), 0, 9).forEach(function (link, index) { dialog.appendChild(row(link.firstChild.textContent.trim(), "g " + (index + 1))); });
    dialog.appendChild(row(say("找（页上有搜索框时）", "Search, where the page has a box"), "/"));
    dialog.appendChild(row(say("跳到主按钮", "To the main button"), "."));
    dialog.appendChild(row(say("打开这一页", "Show this list"), "?"));
    close.className = "button"; close.textContent = say("关上", "Close");
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.appendChild(close);
    document.body.appendChild(dialog);
    dialog.showModal();
  }
  var leading = false;
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) { return; }
    if (leading && /^[1-9]$/.test(event.key)) {
      var link = links()[Number(event.key) - 1];
      if (link) { link.click(); }
    } else if (event.key === "?") { help(); } else if (event.key === "/" || event.key === ".") {
      var aim = document.querySelector(event.key === "/" ? "input[type=search]" : ".dock .button.main, .page .button.main");
      if (aim) { event.preventDefault(); aim.focus(); }
    }
    leading = event.key === "g";
  });
})();
