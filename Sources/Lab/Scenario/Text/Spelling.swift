/// Finds what somebody meant who misspelt a name.
public enum Spelling {
  /// The nearest of the names; nil where none is near enough to be meant. Of equally near ones the first.
  public static func nearest(to word: String, among names: [String]) -> String? {
    let letters = Array(word.lowercased().unicodeScalars.prefix(64))
    var best: (name: String, distance: Int)?
    for name in names {
      let other = Array(name.lowercased().unicodeScalars)
      let distance = distance(letters, other)
      guard distance <= max(1, min(letters.count, other.count) / 3), distance < best?.distance ?? .max else {
        continue
      }
      best = (name, distance)
    }
    return best?.name
  }

  /// The end of a sentence about an unknown name: `; did you mean "redlock"?`, or nothing.
  public static func question(_ word: String, among names: [String]) -> String? {
    nearest(to: word, among: names).map { "did you mean \(JSONText.quoted($0))?" }
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
  ///
  /// - Complexity: O(product of the lengths).
  /// Source: Damerau 1964; no stretch is edited twice (optimal string alignment).
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
