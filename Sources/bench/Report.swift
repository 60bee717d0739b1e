import Foundation

/// The two forms in which results are printed.
enum Report {
  /// One array of objects with sorted keys, on one line.
  static func json(_ rows: [Row]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(rows), as: UTF8.self)
  }

  /// A table; the ratio is our value by the peer's, so less is better.
  static func text(_ rows: [Row]) -> String {
    let header = ["name", "value", "unit", "ratio", "peer"]
    let cells = [header] + rows.map { row in
      [row.name, "\(row.value)", row.unit, row.ratio.map { "\($0)" } ?? "-", row.peer ?? "-"]
    }
    let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { line in
      let padded = line.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - line[column].count)
        return column == 1 || column == 3 ? space + line[column] : line[column] + space
      }
      let text = padded.joined(separator: "  ")
      return String(text[...(text.lastIndex { $0 != " " } ?? text.startIndex)])
    }.joined(separator: "\n")
  }
}
