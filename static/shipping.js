// The dock: the scan field is always ready, what happened is seen and heard, signatures are drawn.
(function () {
  "use strict";
  var GO_ON = "dock-go-on";

  function scanField() { return document.querySelector("[data-scan]"); }

  function typing(target) { return /^(INPUT|TEXTAREA|SELECT|BUTTON|A|SUMMARY)$/.test(target.tagName); }

  function stampClocks(form) {
    form.querySelectorAll(".device-at").forEach(function (field) { field.value = new Date().toISOString(); });
  }

  function beep(tone) {
    var Sound = window.AudioContext || window.webkitAudioContext;
    if (!Sound || !tone) { return; }
    try {
      var context = new Sound(), source = context.createOscillator(), volume = context.createGain();
      source.frequency.value = { ok: 1200, warning: 600 }[tone] || 250;
      volume.gain.value = 0.08;
      source.connect(volume).connect(context.destination);
      source.start();
      source.stop(context.currentTime + (tone === "ok" ? 0.08 : 0.35));
      source.onended = function () { context.close(); };
    } catch (error) { /* no sound is no reason to stop */ }
  }

  function kept(value) {
    try {
      if (value !== undefined) { localStorage.setItem(GO_ON, value); }
      return localStorage.getItem(GO_ON) === "yes";
    } catch (error) { return false; }
  }

  function ready() {
    var choice = document.querySelector("[data-go-on]");
    if (choice) { choice.hidden = false; choice.querySelector("input").checked = kept(); }
    document.querySelectorAll("[data-sign]").forEach(startSigning);
  }

  // A scanner types wherever the cursor is: outside a field it goes to the scan field.
  document.addEventListener("keydown", function (event) {
    var field = scanField();
    if (!field) { return; }
    if (!typing(event.target) && event.key.length === 1 && event.key !== "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      field.focus();
      return;
    }
    if (event.key === "Enter" && event.target === field && field.value && field.closest("[data-receive]") && kept()) {
      event.preventDefault();
      document.getElementById("recipient").focus();
    }
  });

  document.addEventListener("submit", function (event) { stampClocks(event.target); }, true);
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.elt.matches("[data-receive]")) { event.detail.parameters.device_at = new Date().toISOString(); }
  });
  document.addEventListener("change", function (event) {
    if (event.target.id === "go-on") { kept(event.target.checked ? "yes" : "no"); scanField().focus(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    var band = document.querySelector("#receive .band");
    if (!band || event.detail.target.id === "cards") { return; }
    ready();
    beep(band.dataset.tone);
    var wrong = document.querySelector("#receive .is-invalid"), field = wrong || scanField();
    if (field) { field.focus(); }
  });

  function startSigning(box) {
    var canvas = box.querySelector("canvas"), target = document.getElementById(box.dataset.sign);
    var pen = canvas.getContext("2d"), strokes = [], current = null;
    if (!pen || !target || box.dataset.ready) { return; }
    box.dataset.ready = "yes";
    box.hidden = false;
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#10233c";
    try { strokes = JSON.parse(target.value || "[]"); } catch (error) { strokes = []; }

    function draw() {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      strokes.forEach(function (stroke) {
        pen.beginPath();
        for (var i = 0; i + 1 < stroke.length; i += 2) { pen.lineTo(stroke[i], stroke[i + 1]); }
        pen.stroke();
      });
      target.value = strokes.length ? JSON.stringify(strokes) : "";
    }
    function place(event) {
      var area = canvas.getBoundingClientRect();
      var x = Math.round((event.clientX - area.left) * canvas.width / area.width);
      var y = Math.round((event.clientY - area.top) * canvas.height / area.height);
      return [Math.max(0, Math.min(canvas.width, x)), Math.max(0, Math.min(canvas.height, y))];
    }
    canvas.addEventListener("pointerdown", function (event) {
      canvas.setPointerCapture(event.pointerId);
      current = place(event);
      strokes.push(current);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!current || current.length > 2000) { return; }
      var spot = place(event);
      current.push(spot[0], spot[1]);
      draw();
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { current = null; draw(); });
    });
    box.querySelector("[data-sign-clear]").addEventListener("click", function () { strokes = []; draw(); });
    draw();
  }

  ready();
})();
