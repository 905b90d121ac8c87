// JSON whose numbers keep their digits: 19.380000 is read as the text "19.380000", never through a double.

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The parsed JSON, with every number as its text. */
export function parse(text) {
  return JSON.parse(text.replace(TOKEN, token => token[0] === '"' ? token : '"' + token + '"'));
}
