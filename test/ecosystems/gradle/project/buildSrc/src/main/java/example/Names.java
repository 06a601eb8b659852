package example;

/** Names that build scripts use. */
public final class Names {
  public static final String GROUP = "example.greeters";

  private Names() {}
}
