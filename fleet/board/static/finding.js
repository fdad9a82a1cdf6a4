// Whether a tile matches a text that was typed or scanned.
const DEVICE_DIGITS = 14; // of an IMEI, before the check digit, a zero, or a software version (3GPP TS 23.003, 6.2)

export function fits(tile, typed) {
  const query = scanned(typed).trim().toLowerCase();
  if (!query) {
    return true;
  }
  const numbers = [...tile.keys, ...tile.imeis];
  return (
    tile.name.toLowerCase().includes(query) ||
    numbers.some((number) => number.toLowerCase().endsWith(query)) ||
    (/^\d{14,16}$/.test(query) && tile.imeis.some((imei) => imei.slice(0, DEVICE_DIGITS) === query.slice(0, DEVICE_DIGITS)))
  );
}

// A scanner types the QR code of a label as JSON.
function scanned(typed) {
  try {
    return typed.startsWith("{") ? String(JSON.parse(typed).sim ?? typed) : typed;
  } catch {
    return typed;
  }
}
