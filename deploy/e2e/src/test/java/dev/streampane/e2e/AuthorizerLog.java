// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The broker's decisions, as its authorizer logs them.
 *
 * @param used ACLs by which the very operation that they name was allowed: without it that request would have been denied, as no other ACL
 *     of the principal covers it
 * @param denied requests that were denied, as {@code principal operation resource request}
 */
record AuthorizerLog(Set<AclBinding> used, Set<String> denied) {

    private static final Pattern DECISION = Pattern.compile(
            "Principal = (\\S+) is (Allowed|Denied) operation = (\\w+) from host = \\S+ on resource = (\\S+) for request = (\\w+) .*based on rule (.*)");
    private static final Pattern RULE = Pattern.compile(
            "resourceType=(\\w+), resourceName=([^,]+), patternType=(\\w+), principal=([^,]+), host=\\*, operation=(\\w+), permissionType=ALLOW");

    AuthorizerLog() {
        this(new HashSet<>(), new LinkedHashSet<>());
    }

    /** Takes what there is of the broker's log, which forgets its beginning when it is long. */
    void read(String brokerLog) {
        Matcher decisions = DECISION.matcher(brokerLog);
        while (decisions.find()) {
            String operation = decisions.group(3);
            if (decisions.group(2).equals("Denied")) {
                denied.add(String.join(" ", decisions.group(1), operation, decisions.group(4), decisions.group(5)));
                continue;
            }
            Matcher rule = RULE.matcher(decisions.group(6));
            if (rule.find() && rule.group(5).equals(operation)) {
                used.add(binding(rule));
            }
        }
    }

    private static AclBinding binding(Matcher rule) {
        return new AclBinding(
                new ResourcePattern(
                        ResourceType.valueOf(rule.group(1)), rule.group(2), PatternType.valueOf(rule.group(3))),
                new AccessControlEntry(
                        rule.group(4), "*", AclOperation.valueOf(rule.group(5)), AclPermissionType.ALLOW));
    }
}
