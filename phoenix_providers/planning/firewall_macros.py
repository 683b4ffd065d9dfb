"""Proxmox's macros: how it spells them, and the TCP and UDP ports of those that home labs use."""

from __future__ import annotations

from collections.abc import Mapping

# Proxmox takes any case, keeps this one, and shows it ever after.
_NAMES = (
    "Amanda Auth BGP BitTorrent BitTorrent32 Ceph CVS Citrix DAAP DCC DHCPfwd DHCPv6 DNS Distcc FTP Finger GNUnet"
    " GRE Git HKP HTTP HTTPS ICPV2 ICQ IMAP IMAPS IPIP IPsec IPsecah IPsecnat IRC Jetdirect L2TP LDAP LDAPS MDNS"
    " MSNP MSSQL Mail Munin MySQL NNTP NNTPS NTP NeighborDiscovery OSPF OpenVPN PCA PMG POP3 POP3S PPtP Ping"
    " PostgreSQL Printer RDP RIP RNDC Razor Rdate Rsync SANE SMB SMBswat SMTP SMTPS SNMP SPAMD SPICEproxy SSH SVN"
    " SixXS Squid Submission Syslog TFTP Telnet Telnets Time Trcrt VNC VNCL Web Webcache Webmin Whois"
)
_BY_LOWER_CASE = {name.lower(): name for name in _NAMES.split()}
_PORTS: Mapping[str, Mapping[str, str]] = {
    "DNS": {"tcp": "53", "udp": "53"},
    "HTTP": {"tcp": "80"},
    "HTTPS": {"tcp": "443"},
    "Mail": {"tcp": "25,465,587"},
    "MySQL": {"tcp": "3306"},
    "NTP": {"udp": "123"},
    "PMG": {"tcp": "8006"},
    "Ping": {},
    "PostgreSQL": {"tcp": "5432"},
    "RDP": {"tcp": "3389"},
    "SMTP": {"tcp": "25"},
    "SPICEproxy": {"tcp": "3128"},
    "SSH": {"tcp": "22"},
    "Squid": {"tcp": "3128"},
    "VNC": {"tcp": "5900:5999"},
    "Web": {"tcp": "80,443"},
    "Webcache": {"tcp": "8080"},
}


def macro_name(name: str) -> str:
    """Return a macro's name as Proxmox keeps it; one that is not known here stays as it is."""
    return _BY_LOWER_CASE.get(name.strip().lower(), name.strip())


def macro_ports(name: str) -> Mapping[str, str] | None:
    """Return ports by protocol (tcp, udp); None where they are not known."""
    return _PORTS.get(macro_name(name))
