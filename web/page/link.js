/**
 * The page's state in its address, behind the #, which no server sees: the settings as `gpu-sweep link` writes them,
 * then what is shown of them, by names that begin with `show.`, then the table, compressed.
 */

/** Longest address that chat programs and mail leave alone. */
const LONGEST = 30_000;

/** @returns {Promise<{settings: string, show: Record<string, string>, table: Uint8Array | undefined}>} */
export async function readLink(fragment) {
  const parts = fragment.replace(/^#/, "").split("&").filter(Boolean);
  const show = {};
  let table;
  const settings = parts.filter((part) => {
    const [key, value] = part.split("=");
    if (key.startsWith("show.")) show[key.slice(5)] = decodeURIComponent(value);
    else if (key === "table") table = value;
    else return true;
    return false;
  });
  return { settings: settings.join("&"), show, table: table && (await unpacked(table)) };
}

/** @returns {Promise<{link: string, whole: boolean}>} */
export async function writeLink(settings, show, table) {
  const shown = Object.entries(show).map(([key, value]) => `show.${key}=${encodeURIComponent(value)}`);
  const parts = [settings, ...shown].filter(Boolean);
  if (!table) return { link: parts.join("&"), whole: true };
  const whole = [...parts, `table=${await packed(table)}`].join("&");
  return whole.length <= LONGEST ? { link: whole, whole: true } : { link: parts.join("&"), whole: false };
}

async function through(bytes, stream) {
  const blob = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(blob).arrayBuffer());
}

async function packed(bytes) {
  const squeezed = await through(bytes, new CompressionStream("deflate-raw"));
  const text = btoa(Array.from(squeezed, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpacked(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return through(Uint8Array.from(bytes, (c) => c.charCodeAt(0)), new DecompressionStream("deflate-raw"));
}

/** The settings of a fragment as texts by key. */
export function settingsOf(fragment) {
  const pairs = fragment.split("&").filter(Boolean).map((part) => part.split("="));
  return new Map(pairs.map(([key, value]) => [key, decodeURIComponent(value ?? "")]));
}

/** The fragment of settings. */
export function fragmentOf(settings) {
  return [...settings].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
}
