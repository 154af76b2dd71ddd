// What every page does: theme, "/" for search, row clicks, ages that tick, a word when the line is down.
(function () {
  "use strict";
  var root = document.documentElement;

  function setTheme(name) {
    root.setAttribute("data-bs-theme", name);
    try { localStorage.setItem("theme", name); } catch (error) { /* private window: not kept */ }
  }

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function ageText(seconds) {
    if (seconds < 120) { return Math.floor(seconds) + "\u2009s"; }
    if (seconds < 7200) { return Math.floor(seconds / 60) + "\u2009min"; }
    if (seconds < 172800) { return Math.floor(seconds / 3600) + "\u2009h"; }
    return Math.floor(seconds / 86400) + "\u2009d";
  }

  function tick() {
    document.querySelectorAll("[data-at]").forEach(function (element) {
      var seconds = Math.max(0, (Date.now() - Date.parse(element.dataset.at)) / 1000);
      element.textContent = ageText(seconds);
    });
  }

  function connection(lost) {
    var badge = document.getElementById("connection");
    if (badge) { badge.hidden = !lost; }
    root.classList.toggle("line-down", lost);
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("#theme")) {
      setTheme(root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
      return;
    }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.removeAttribute("open"); }
    });
    var row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, select, label")) {
      window.location.href = row.dataset.href;
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey) {
      var box = document.getElementById("search");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach(function (menu) {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      });
    }
  });

  document.addEventListener("submit", function (event) {
    var question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); }
  });

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit]")) { event.target.form.requestSubmit(); }
  });

  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () { connection(true); });
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status === 401) { window.location.reload(); return; }
    connection(event.detail.xhr.status >= 500);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful) { connection(false); }
  });
  window.addEventListener("offline", function () { connection(true); });
  document.addEventListener("htmx:afterSwap", tick);
  setInterval(tick, 1000);
})();
