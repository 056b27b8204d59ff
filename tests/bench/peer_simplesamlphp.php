<?php
// SPDX-License-Identifier: BSD-2-Clause
/*
 * SimpleSAMLphp's service provider as a validator of the bench (bench.h).
 * SIMPLESAMLPHP_CONFIG_DIR has its config.php.
 */
error_reporting(E_ERROR);
$acs = parse_url(getenv('BENCH_ACS'));
$_SERVER['HTTPS'] = 'on';
$_SERVER['SERVER_PORT'] = '443';
$_SERVER['REQUEST_METHOD'] = 'POST';
$_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = $acs['host'];
$_SERVER['REQUEST_URI'] = $_SERVER['SCRIPT_NAME'] = $acs['path'];
require '/usr/share/simplesamlphp/lib/_autoload.php';

use SimpleSAML\Configuration;
use SimpleSAML\Module\saml\Message;

$certificate = preg_replace('/-----[A-Z ]+-----|\s/', '',
    file_get_contents(getenv('BENCH_CERT')));
$idp = Configuration::loadFromArray([
    'entityid' => getenv('BENCH_IDP'),
    'keys' => [[
        'type' => 'X509Certificate', 'signing' => true, 'encryption' => false,
        'X509Certificate' => $certificate,
    ]],
]);
$sp = Configuration::loadFromArray(['entityid' => getenv('BENCH_SP')]);

function validate(string $text): bool
{
    global $idp, $sp;

    $document = \SAML2\DOMDocumentFactory::fromString(
        base64_decode($text, true));
    $message = \SAML2\Message::fromXML($document->firstChild);
    if ($message->getInResponseTo() !== getenv('BENCH_REQUEST_ID') ||
        $message->getIssuer()->getValue() !== getenv('BENCH_IDP'))
        return false;
    $assertions = Message::processResponse($sp, $idp, $message);
    return count($assertions) === 1 &&
        count($assertions[0]->getAttributes()) > 3;
}

function cpu(): int
{
    $used = getrusage();

    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) *
        1000000000 + ($used['ru_utime.tv_usec'] +
        $used['ru_stime.tv_usec']) * 1000;
}

$n = (int)$argv[1];
$files = array_map('file_get_contents', array_slice($argv, 2));
$accepted = 0;
if ($n > 1)
    array_map('validate', $files);
$cpu = cpu();
$wall = hrtime(true);
for ($i = 0; $i < $n; $i++)
    $accepted += validate($files[$i % count($files)]);
printf("ok=%d n=%d ns=%.1f cpu=%.1f\n", $accepted, $n,
    (hrtime(true) - $wall) / $n, (cpu() - $cpu) / $n);
exit($accepted === $n ? 0 : 1);
