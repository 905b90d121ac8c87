// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.containers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The stages of a Containerfile, with its build arguments put in. */
record Containerfile(List<Stage> stages) {

    private static final Pattern CONTINUED = Pattern.compile("\\\\\\n\\s*");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*\\n?");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}|\\$(\\w+)");
    private static final Pattern FROM = Pattern.compile("(\\S+)(?:\\s+AS\\s+(\\S+))?");

    /** An instruction such as {@code EXPOSE 8080}, in one line. */
    record Instruction(String keyword, String value) {}

    /** What stands below a FROM. */
    record Stage(String image, String name, List<Instruction> instructions) {

        /** Values of the instructions with this keyword. */
        Stream<String> all(String keyword) {
            return instructions.stream()
                    .filter(instruction -> instruction.keyword().equals(keyword))
                    .map(Instruction::value);
        }

        /** The last one, which holds. */
        Optional<String> last(String keyword) {
            return all(keyword).reduce((first, second) -> second);
        }
    }

    /**
     * @param arguments values of build arguments; others stay as they are written
     */
    static Containerfile parse(String text, Map<String, String> arguments) {
        List<Stage> stages = new ArrayList<>();
        String joined = CONTINUED.matcher(COMMENT.matcher(text).replaceAll("")).replaceAll(" ");
        for (String line : joined.lines().filter(line -> !line.isBlank()).toList()) {
            String[] words = line.strip().split("\\s+", 2);
            String keyword = words[0].toUpperCase(Locale.ROOT);
            String value = words.length == 1 ? "" : replaced(words[1], arguments);
            if (keyword.equals("FROM")) {
                var from = FROM.matcher(value);
                if (!from.matches()) {
                    throw new IllegalArgumentException("not understood: " + line);
                }
                stages.add(new Stage(from.group(1), from.group(2), new ArrayList<>()));
            } else if (!stages.isEmpty()) {
                stages.get(stages.size() - 1).instructions().add(new Instruction(keyword, value));
            }
        }
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("there is no FROM");
        }
        return new Containerfile(stages);
    }

    /** The stage that the image is made of. */
    Stage image() {
        return stages.get(stages.size() - 1);
    }

    private static String replaced(String value, Map<String, String> arguments) {
        return VARIABLE.matcher(value).replaceAll((MatchResult variable) -> {
            String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
            return Matcher.quoteReplacement(arguments.getOrDefault(name, variable.group()));
        });
    }
}
