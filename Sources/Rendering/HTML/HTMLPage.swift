/// A page in one file: no script, no font, no picture from elsewhere; light, dark and on paper.
public enum HTMLPage {
  /// What a page may weigh.
  public static let mostBytes = 2_000_000

  /// - Parameter body: what stands between `<main>` and its end.
  /// - Parameter more: rules that only this page needs.
  static func text(title: String, body: String, css more: String = "") -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(HTMLText.escaped(title))</title>
    <style>
    \(colours)\(css)\(FigureStyle.css)\(more)</style>
    </head>
    <body>
    \(FigureStyle.definitions)<main>
    \(body)</main>
    </body>
    </html>

    """
  }

  /// Light and dark.
  static let colours = """
    :root{--bg:#fff;--ink:#16181d;--faint:#5a6270;--line:#aab1bd;--box:#f3f5f8;--belief:#0072b2;
    --lease:#00795a;--bad:#c03a00;--warn:#8a5a00;--link:#005a9c}
    @media (prefers-color-scheme:dark){:root{--bg:#14161b;--ink:#e9ebf0;--faint:#a3abb8;--line:#596170;
    --box:#1f232b;--belief:#62b8ee;--lease:#3ec79b;--bad:#ff8e62;--warn:#e0b04a;--link:#8cc8ff}}

    """

  private static let css = """
    @media print{:root{--bg:#fff;--ink:#000;--faint:#444;--line:#999;--box:#fff;--belief:#0072b2;
    --lease:#00795a;--bad:#c03a00;--warn:#8a5a00;--link:#000}
    .scroll{overflow:visible!important}
    .scroll .st{min-width:0!important}
    table{font-size:10px!important}
    td{white-space:normal!important}
    .st,.chain li{break-inside:avoid}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.42 "Helvetica Neue",Arial,
    "DejaVu Sans",sans-serif}
    main{max-width:1210px;margin:0 auto;padding:10px 20px 40px}
    a{color:var(--link)}
    h1{font-size:18px;line-height:1.25;margin:0}
    h2{font-size:17px;margin:26px 0 2px}
    h3{font-size:14px;margin:12px 0 2px}
    .terms{margin:0 0 6px;color:var(--faint);font-size:13px}
    p{margin:4px 0}
    .headline{font-size:16px;line-height:1.35;margin:4px 0 6px}
    .headline b{color:var(--bad)}
    .case{border-top:1px solid var(--line);margin-top:8px;scroll-margin-top:8px}
    .case h2{margin-top:8px}
    .case h2 small{font-weight:400;color:var(--faint);font-size:13px}
    .scroll{overflow-x:auto;margin:0 -4px}
    .scroll:focus{outline:2px solid var(--belief)}
    .scroll .st{min-width:860px}
    .chain{margin:6px 0;padding-left:26px;columns:2;column-gap:36px;font-size:14px}
    .chain li{break-inside:avoid;padding:1px 4px}
    .chain li:target{background:var(--box);outline:2px solid var(--belief)}
    .chain .bad{color:var(--bad);font-weight:700}
    .chain a{white-space:nowrap}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 14px;margin:8px 0;font-size:14px}
    dt{color:var(--faint)}
    dd{margin:0;overflow-wrap:anywhere}
    code{font:13px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;background:var(--box);
    padding:1px 4px;overflow-wrap:anywhere}
    table{border-collapse:collapse;font-size:13px}
    th,td{border:1px solid var(--line);padding:3px 8px;text-align:left}
    thead th{background:var(--box);font-weight:700}
    td.bad,td.bad a{color:var(--bad);font-weight:700}
    td{white-space:nowrap}
    td.off{color:var(--faint)}
    .legend{list-style:none;margin:4px 0;padding:0;display:flex;flex-wrap:wrap;gap:2px 18px;
    font-size:12px;color:var(--faint)}
    .legend li{display:flex;align-items:center;gap:6px}
    .legend .st{width:32px;flex:none;min-width:0}
    .note{color:var(--faint);font-size:13px}
    @media (max-width:820px){.chain{columns:1}
    main{padding:8px 10px 30px}
    dl{grid-template-columns:1fr}
    dt{margin-top:4px}}

    """
}
