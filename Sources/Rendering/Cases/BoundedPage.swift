/// A page that grows part by part as long as there is room, and says so where it had to end.
///
/// Parts are whole: what does not fit is left out with all that follows, so that no table or fence is torn.
struct BoundedPage {
  private(set) var text = ""
  /// Whether a part was left out.
  private(set) var isFull = false
  private let room: Int
  private let end: String

  /// - Parameter room: how many bytes the page may take, its end included.
  /// - Parameter end: what the page ends with where it is cut.
  init(room: Int, end: String) {
    self.room = room
    self.end = end
  }

  /// Adds a part unless the page is full; it is not even made then, as that may cost a run.
  mutating func add(_ part: () -> String) {
    if isFull { return }
    let part = part()
    if text.utf8.count + part.utf8.count + end.utf8.count <= room {
      text += part
      return
    }
    isFull = true
    if text.utf8.count + end.utf8.count <= room { text += end }
  }
}
