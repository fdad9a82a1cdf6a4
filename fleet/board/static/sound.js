// Two short sounds: two rising notes when a SIM is done, two low notes when a SIM needs attention.
let context = null;

export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") {
    context.resume().catch(() => {});
  }
}

export const finished = () => play([[660, 0, 0.12], [880, 0.13, 0.22]], "sine");
export const failed = () => play([[196, 0, 0.22], [196, 0.32, 0.34]], "square");

function play(notes, shape) {
  if (context?.state !== "running") {
    return;
  }
  for (const [pitch, after, length] of notes) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const begin = context.currentTime + after;
    tone.type = shape;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(0.2, begin + 0.01);
    loudness.gain.linearRampToValueAtTime(0, begin + length);
    tone.connect(loudness).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + length);
  }
}
