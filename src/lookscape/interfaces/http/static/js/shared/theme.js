// Runs before the first paint, so that neither the colours nor the size of photos change under one's eyes.
for (const name of ["theme", "density"]) {
  const kept = localStorage.getItem(name);
  if (kept) document.documentElement.dataset[name] = kept;
}
