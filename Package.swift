// swift-tools-version: 6.2
import PackageDescription

/// The rooms and their walls: a target may import only what stands behind its arrow here.
let package = Package(
  name: "lockstep",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "sim", targets: ["sim"]),
    .library(name: "Lockstep", targets: ["Contract", "Lab", "Command"]),
  ],
  dependencies: [],
  targets: [
    .target(name: "Contract"),
    .target(name: "Services", dependencies: ["Contract"]),
    .target(name: "Clients", dependencies: ["Contract"]),
    .target(name: "Locks", dependencies: ["Contract", "Services"]),
    .target(name: "Guards", dependencies: ["Contract"]),
    .target(name: "Checks", dependencies: ["Contract"]),
    .target(name: "World", dependencies: ["Contract"]),
    .target(name: "Faults", dependencies: ["Contract", "World"]),
    .target(
      name: "Lab",
      dependencies: ["Contract", "Services", "Clients", "Locks", "Guards", "Checks", "World", "Faults"]),
    .target(name: "Rendering", dependencies: ["Contract", "Lab"]),
    .target(name: "Command", dependencies: ["Contract", "Lab", "Rendering"]),
    .executableTarget(name: "sim", dependencies: ["Command", "Lab"]),
    .executableTarget(
      name: "bench",
      dependencies: ["Contract", "World", "Clients", "Lab"],
      exclude: ["Peers"]),
    .testTarget(name: "ContractTests", dependencies: ["Contract"]),
    .testTarget(
      name: "WorldTests",
      dependencies: ["Contract", "Clients", "Locks", "Guards", "Faults", "Checks", "World", "Lab"]),
    .testTarget(name: "ServicesTests", dependencies: ["Contract", "Services"]),
    .testTarget(
      name: "LocksTests",
      dependencies: ["Contract", "Services", "Clients", "Locks", "Guards", "Faults", "Checks", "World", "Lab"]),
    .testTarget(name: "ClientsTests", dependencies: ["Contract", "Clients"]),
    .testTarget(name: "GuardsTests", dependencies: ["Contract", "Locks", "Guards"]),
    .testTarget(name: "FaultsTests", dependencies: ["Contract", "World", "Faults", "Lab"]),
    .testTarget(name: "ChecksTests", dependencies: ["Contract", "Checks", "Services", "Lab"]),
    .testTarget(name: "LabTests", dependencies: ["Contract", "World", "Lab"]),
    .testTarget(name: "RenderingTests", dependencies: ["Contract", "Lab", "Rendering"]),
    .testTarget(name: "CommandTests", dependencies: ["Contract", "Lab", "Command", "unstable"]),
    .executableTarget(
      name: "unstable", dependencies: ["Contract", "Lab", "Command"], path: "Tests/Fixtures/Unstable"),
    .testTarget(name: "ScenarioTests", dependencies: ["Contract", "Checks", "Lab"], exclude: ["golden.txt"]),
    .testTarget(
      name: "HouseTests",
      dependencies: ["Contract", "Services", "Clients", "Locks", "Guards", "Faults", "Checks", "Lab"]),
  ]
)
