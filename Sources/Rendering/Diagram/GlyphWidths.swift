/// How wide texts are in a figure: the widths of DejaVu Sans, the widest of the fonts that readers have.
///
/// Whoever has a narrower font gets more room between labels, never less.
enum GlyphWidths {
  /// Per mille of the font size, from the space to the tilde.
  private static let regular: [Int] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
  ]

  /// In units of the figure, rounded up; bold letters are up to 15 % wider.
  static func width(_ text: String, size: Int, isBold: Bool = false) -> Int {
    let mille = text.unicodeScalars.reduce(0) { sum, scalar in
      let place = Int(scalar.value) - 32
      return sum + (regular.indices.contains(place) ? regular[place] : 1000)
    }
    return (mille * size * (isBold ? 117 : 102) / 100 + 999) / 1000
  }

  /// The text, or as much of it as fits with an ellipsis.
  static func fitted(_ text: String, size: Int, into room: Int) -> String {
    if width(text, size: size) <= room { return text }
    var short = Substring(text)
    while !short.isEmpty, width(short + "...", size: size) > room { short = short.dropLast() }
    return short.isEmpty ? "" : short.trimmingSpaces + "..."
  }

  private static func width(_ text: Substring, size: Int) -> Int { width(String(text), size: size) }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var rest = self
    while rest.last == " " { rest = rest.dropLast() }
    return rest
  }
}
