// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The modules and profiles of the build. */
public final class Maven {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)<");
    private static final Pattern MODULES = Pattern.compile("\\bmvn\\b.*? -pl \"?([\\w/,-]+)");
    private static final Pattern PROFILE = Pattern.compile(" -P ?([\\w-]+)");

    private Maven() {}

    /** The folders of the modules. */
    public static List<String> modules() {
        return MODULE.matcher(Sources.text("pom.xml"))
                .results()
                .map(module -> module.group(1))
                .toList();
    }

    /** Whether a folder is a module. */
    public static boolean isModule(String folder) {
        return Files.exists(Checkout.root().resolve(folder).resolve("pom.xml"));
    }

    /** What is wrong with the commands of Maven in a script. */
    public static Stream<String> problems(String script) {
        String text = " " + script;
        if (!text.matches("(?s).*\\bmvn\\s.*")) {
            return Stream.empty();
        }
        return Stream.concat(
                names(MODULES, text)
                        .flatMap(list -> Stream.of(list.split(",")))
                        .filter(module -> !isModule(module))
                        .map(module -> module + " is no module"),
                names(PROFILE, text).filter(name -> !isProfile(name)).map(name -> name + " is no profile of Maven"));
    }

    private static boolean isProfile(String name) {
        return Stream.concat(Stream.of("."), modules().stream()).anyMatch(module -> Sources.text(module + "/pom.xml")
                .contains("<profile>\n            <id>" + name + "</id>"));
    }

    private static Stream<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1));
    }
}
