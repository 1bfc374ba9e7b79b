// Times of an interview, said again in the visitor's own time zone where that differs. The page itself says them in the site's.
"use strict";

(() => {
  const { words, siteZone: site } = document.currentScript.dataset;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const language = document.documentElement.lang;
  const zone = document.getElementById("zone");
  const own = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
  // Two zones with the same clock at that moment need no second line.
  const clock = (moment, timeZone) => moment.toLocaleString("sv", { timeZone });
  for (const element of document.querySelectorAll("[data-own-zone]")) {
    const start = new Date(element.dateTime);
    const minutes = Number(element.dataset.ownZone);
    if (zone?.value || !minutes || clock(start, here) === clock(start, site)) continue;
    const line = document.createElement("span");
    line.className = "own-time";
    line.textContent = words.replace("{}", own.formatRange(start, new Date(start.getTime() + minutes * 60000)));
    element.after(line);
  }
  if (zone) {
    for (const option of zone.options) if (option.value === here && !new URLSearchParams(location.search).has("zone")) option.selected = true;
  }
})();
