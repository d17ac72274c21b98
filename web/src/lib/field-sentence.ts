/** "Title" and the API's "must not be blank" make "Title must not be blank."; a whole sentence stays as it is. */
export function fieldSentence(label: string, message: string): string {
  const sentence = /^\p{Lu}/u.test(message) ? message : `${label} ${message}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
